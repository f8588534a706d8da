import { crc32 } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { EcgFormatError } from '../ecg-format-error.js';
import { readEcg } from '../read-ecg.js';

const DOCTYPE = '<!DOCTYPE RestingECG SYSTEM "restecg.dtd">';
const fields = (values: Record<string, string | number>): string =>
  Object.entries(values)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('\n');

function lead(name: string, samples: number[], changed: Record<string, string | number> = {}): string {
  const bytes = Buffer.from(Int16Array.from(samples).buffer);
  return `<LeadData>${fields({
    LeadTimeOffset: 0,
    LeadSampleCountTotal: samples.length,
    LeadAmplitudeUnitsPerBit: 4.88,
    LeadAmplitudeUnits: 'MICROVOLTS',
    LeadID: name,
    LeadSampleSize: 2,
    LeadOff: 'FALSE',
    LeadDataCRC32: crc32(bytes),
    WaveFormData: `\n${bytes.toString('base64')}\n`,
    ...changed,
  })}</LeadData>`;
}
const waveform = (leads: string, changed: Record<string, string | number> = {}): string =>
  `<Waveform>${fields({ WaveformType: 'Rhythm', SampleBase: 500, SampleExponent: 0, HighPassFilter: 5, LowPassFilter: 150, ACFilter: 'NONE', ...changed })}${leads}</Waveform>`;
const document = (inside: string, doctype = DOCTYPE): string =>
  `<?xml version="1.0" encoding="ISO-8859-1"?>${doctype}<RestingECG>${inside}</RestingECG>`;
const read = (text: string): ReturnType<typeof readEcg> => readEcg(Buffer.from(text, 'latin1'));
function refusal(text: string): string {
  try {
    read(text);
  } catch (error) {
    return error instanceof EcgFormatError ? `${error.code}: ${error.message}` : String(error);
  }
  return 'read';
}
const minimal = waveform(lead('I', [1, -2, 300]));

describe('readMuse', () => {
  it.each([
    [[0xc0, 0xee], [0xc3, 0xf7], '李明'],
    [[0x4d, 0xfc, 0x6c, 0x6c, 0x65, 0x72], [0x4a, 0x6f, 0x73, 0xe9], 'Müller José'],
  ])('a name under the label of Latin-1: %j %j', (last, first, name) => {
    const latin = (codes: number[]): string => String.fromCharCode(...codes);
    const person = fields({ PatientLastName: latin(last), PatientFirstName: latin(first) });
    const text = document(`<PatientDemographics>${person}</PatientDemographics>${minimal}`);
    expect(read(text).patient.name).toBe(name);
  });

  it('a rate that stands behind its leads counts', () => {
    const behind = `<Waveform>${fields({ WaveformType: 'Rhythm', SampleBase: 5 })}${lead('I', [1, 2])}${fields({ SampleExponent: 2 })}</Waveform>`;
    expect(read(document(behind)).leads[0]?.sampleRateHz).toBe(500);
  });

  it('keeps rhythm and median apart, with their scale, rate, start and filters', () => {
    const scaled = {
      LeadAmplitudeUnitsPerBit: 0.005,
      LeadAmplitudeUnits: 'MILLIVOLTS',
      LeadTimeOffset: 40,
      LeadOff: 'TRUE',
    };
    const recording = read(
      document(
        waveform(lead('I', [9, 8]), { WaveformType: 'Median', SampleBase: 5, SampleExponent: 2, ACFilter: 50 }) +
          waveform(lead('I', [1, -2, 300]) + lead('AVR', [4, 5, -32_768], scaled)),
      ),
    );
    const common = { sampleRateHz: 500, baselineMicrovolts: 0, derived: false };
    const filter = { lowHz: 0.05, highHz: 150 };
    expect(recording.leads).toEqual([
      {
        ...common,
        name: 'I',
        samples: Int32Array.from([1, -2, 300]),
        microvoltsPerUnit: 4.88,
        startSeconds: 0,
        filter,
      },
      {
        ...common,
        name: 'aVR',
        samples: Int32Array.from([4, 5, -32_768]),
        microvoltsPerUnit: 5,
        startSeconds: 0.04,
        filter,
      },
    ]);
    expect(recording.representativeBeats).toMatchObject([
      { samples: Int32Array.from([9, 8]), sampleRateHz: 500, filter: { lowHz: 0.05, highHz: 150, notchHz: 50 } },
    ]);
    expect(recording.notes).toHaveLength(2);
  });

  it('reads person, device and time; dates are month first, text is ISO-8859-1', () => {
    const about =
      `<PatientDemographics>${fields({ PatientID: 'A1', PatientLastName: 'Müller', PatientFirstName: 'Eva', DateofBirth: '05-08-1953', Gender: 'FEMALE' })}</PatientDemographics>` +
      `<TestDemographics>${fields({ AcquisitionDevice: 'MAC55', AcquisitionDate: '11-22-2018', AcquisitionTime: '15:21:27' })}</TestDemographics>`;
    expect(read(document(about + minimal))).toMatchObject({
      patient: { id: 'A1', name: 'Müller Eva', sex: 'F', birthDate: '1953-05-08' },
      device: { model: 'MAC55' },
      startTime: '2018-11-22T15:21:27',
      source: 'muse',
    });
    expect(read(document(about.replace('11-22', '22-11') + minimal)).startTime).toBeUndefined();
  });

  it('takes what the device said before what was made of it, and says so', () => {
    const set = (name: string, rate: number): string =>
      `<${name}>${fields({ VentricularRate: rate, PAxis: '', QTInterval: 400 })}</${name}>`;
    const said = (name: string, ...texts: [string, string][]): string =>
      `<${name}>${texts.map(([text, flag]) => `<DiagnosisStatement>${flag ? `<StmtFlag>${flag}</StmtFlag>` : ''}<StmtText>${text}</StmtText></DiagnosisStatement>`).join('')}</${name}>`;
    const original = said(
      'OriginalDiagnosis',
      ['Sinus rhythm', ''],
      ['with PVCs', 'ENDSLINE'],
      ['Abnormal ECG', 'ENDSLINE'],
    );
    const later = said('Diagnosis', ['Normal ECG', 'ENDSLINE']);
    const recording = read(
      document(
        set('RestingECGMeasurements', 61) + set('OriginalRestingECGMeasurements', 60) + later + original + minimal,
      ),
    );
    expect(recording.measurements).toEqual([
      { code: 'HR', value: 60, unit: 'bpm' },
      { code: 'QT', value: 400, unit: 'ms' },
    ]);
    expect(recording.statements).toEqual(['Sinus rhythm with PVCs', 'Abnormal ECG']);
    expect(recording.notes).toEqual([
      'Measurements were changed after the device: HR 60 bpm, later 61.',
      'Statements were changed after the device; later: Normal ECG',
    ]);
    const alone = read(document(set('RestingECGMeasurements', 61) + later + minimal));
    expect([alone.measurements[0]?.value, alone.statements, alone.notes]).toEqual([61, ['Normal ECG'], []]);
  });

  it('says when a lead has no CRC', () => {
    expect(read(document(waveform(lead('I', [1], { LeadDataCRC32: '' })))).notes).toEqual([
      'Lead I has no CRC; its samples are shown unchecked.',
    ]);
  });

  const laughs = `<!ENTITY a "ha">${'bcdefghij'
    .split('')
    .map((name, i) => `<!ENTITY ${name} "${`&${'abcdefghi'.charAt(i)};`.repeat(10)}">`)
    .join('')}`;
  it.each([
    [/^bad-xml: The CRC of lead I does not hold/, document(waveform(lead('I', [1, 2], { LeadDataCRC32: 1 })))],
    [/^bad-xml: The CRC/, document(waveform(lead('I', [1, 2], { LeadDataCRC32: 'x' })))],
    [/^truncated/, document(waveform(lead('I', [1, 2], { LeadSampleCountTotal: 3 })))],
    [/^truncated/, document(waveform(lead('I', [], { LeadDataCRC32: '', WaveFormData: 'AAAA' })))],
    [/^bad-xml/, document(waveform(lead('I', [1], { WaveFormData: 'A*==' })))],
    [/^unsupported/, document(waveform(lead('I', [1], { LeadAmplitudeUnits: 'constructor' })))],
    [/^unsupported/, document(waveform(lead('I', [1], { LeadSampleSize: 4 })))],
    [/^unsupported/, document(waveform(lead('I', [1]), { SampleBase: 0 }))],
    [/^unsupported/, document(waveform(lead('', [1])))],
    [/^no-waveform/, document(waveform(lead('I', [1]), { WaveformType: 'Median' }))],
    [/^bad-xml/, document(minimal, '<!DOCTYPE RestingECG SYSTEM "restecg.dtd" [<!ENTITY x "y">]>')],
    [/^bad-xml/, document(`${minimal}&j;`, `<!DOCTYPE RestingECG [${laughs}]>`)],
    [/^bad-xml/, document(`${minimal}&x;`, '<!DOCTYPE RestingECG [<!ENTITY x SYSTEM "file:///etc/passwd">]>')],
    [/^bad-xml/, document(minimal, '<!DOCTYPE RestingECG [<!ENTITY % p SYSTEM "http://x/"> %p;]>')],
    [/^bad-xml/, document(`${minimal}&x;`)],
    [/^bad-xml/, document('<a>'.repeat(5000))],
    [/^bad-xml/, document(minimal).slice(0, -5)],
  ])('refuses with %s (case %#)', (expected, text) => {
    expect(refusal(text)).toMatch(expected);
  });
});
