import { describe, expect, it } from '@jest/globals';
import { EcgFormatError } from '../ecg-format-error.js';
import { readEcg } from '../read-ecg.js';
import { encodeXli } from './xli-encoder.spec-support.js';

const LABELS = 'I II III aVR aVL aVF V1 V2 V3 V4 V5 V6';
const I = [0, 10, 101, -41, -7, 3];
const II = [0, 20, 300, -80, 8, 0];
const cut = (value: number): number => Math.trunc(value / 2) + 0;
/** What each lead is, then what is stored of it: III, aVR, aVL and aVF as prediction less value. */
const III = II.map((two, i) => two - (I[i] ?? 0) + (i % 2));
const aVR = I.map((one, i) => 0 - cut(one + (II[i] ?? 0)) - (i % 3));
const aVL = I.map((one, i) => cut(one - (III[i] ?? 0)) + (i % 2));
const aVF = II.map((two, i) => cut(two + (III[i] ?? 0)) - 1);
const V = [1, 2, 3, 4, 5, 6].map((n) => I.map((one) => one * n));
const stored = [
  I,
  II,
  III.map((value, i) => (II[i] ?? 0) - (I[i] ?? 0) - value),
  aVR.map((value, i) => -cut((I[i] ?? 0) + (II[i] ?? 0)) - value),
  aVL.map((value, i) => cut((I[i] ?? 0) - (III[i] ?? 0)) - value),
  aVF.map((value, i) => cut((II[i] ?? 0) + (III[i] ?? 0)) - value),
  ...V,
];
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replace(/.{76}/g, '$&\n');
const int16 = (values: number[]): Buffer => Buffer.from(Int16Array.from(values).buffer);

interface Parts {
  type?: string;
  version?: string;
  attributes?: string;
  leads?: number[][];
  before?: string;
  inside?: string;
}
function document({
  type = 'PhilipsECG',
  version = '1.04',
  attributes,
  leads = stored,
  before = '',
  inside = '',
}: Parts) {
  const given =
    attributes ??
    `dataencoding="Base64" compression="XLI" leadlabels="${LABELS}" durationperchannel="12" samplespersecond="500" resolution="2.5"`;
  return (
    `${before}<restingecgdata xmlns="x"><documentinfo><documenttype>${type}</documenttype><documentversion>${version}</documentversion>` +
    `</documentinfo>${inside}<waveforms><parsedwaveforms ${given}>${base64(encodeXli(leads))}</parsedwaveforms></waveforms></restingecgdata>`
  );
}
function refusal(text: string, encoding: BufferEncoding = 'utf8'): string {
  try {
    readEcg(Buffer.from(text, encoding));
  } catch (error) {
    return error instanceof EcgFormatError ? `${error.code}: ${error.message}` : String(error);
  }
  return 'read';
}

describe('readPhilips', () => {
  it('rebuilds the limb leads from what is stored of them', () => {
    const { leads, source } = readEcg(Buffer.from(document({})));
    expect(source).toBe('philips');
    expect(leads.map(({ name }) => name).join(' ')).toBe(LABELS);
    expect(leads.map(({ samples }) => [...samples])).toEqual([I, II, III, aVR, aVL, aVF, ...V]);
    expect(leads[3]).toMatchObject({ sampleRateHz: 500, microvoltsPerUnit: 2.5, derived: false });
  });

  it('reads version 1.03, which says rate and resolution apart', () => {
    const signal =
      '<dataacquisition date="2024-01-02" time="03:04:05"><machine machineid="7">M</machine><signalcharacteristics><samplingrate>250</samplingrate>' +
      '<signalresolution>5</signalresolution><signalbandwidth>0.05-150</signalbandwidth><leadset>STD-12</leadset></signalcharacteristics></dataacquisition>';
    const attributes = 'compressflag="True" compressmethod="XLI" dataencoding="Base64" nbitspersample="16"';
    const recording = readEcg(
      Buffer.from(document({ type: 'SierraECG', version: '1.03', attributes, inside: signal })),
    );
    expect(recording).toMatchObject({ startTime: '2024-01-02T03:04:05', device: { model: 'M', serial: '7' } });
    expect(recording.leads[11]).toMatchObject({
      name: 'V6',
      sampleRateHz: 250,
      microvoltsPerUnit: 5,
      filter: { lowHz: 0.05, highHz: 150 },
    });
    expect(refusal(document({ attributes, inside: signal.replace('STD-12', 'XYZ') }))).toMatch(/unsupported: .*'XYZ'/);
  });

  it('leaves out the calibration pulse, and a beat its padding', () => {
    const pulse = Array.from({ length: 200 }, (_, i) => (i > 20 && i < 120 ? 400 : 0));
    const after = stored.map((lead, n) => [
      ...lead,
      ...pulse.map((v) => v * ([0, 0, -1, -2, -1, 0][n] ?? 1) || (n < 2 ? v : 0)),
    ]);
    const withPulse = after.map((lead, n) =>
      n === 2 || n === 4 ? lead.map((v, i) => (i < 6 ? v : -(pulse[i - 6] ?? 0))) : lead,
    );
    const beat = `<repbeats dataencoding="Base64" samplespersec="1000" resolution="1.25"><repbeat leadname="II"><waveform>${base64(int16([1, -2, 32_767, 32_767]))}</waveform></repbeat></repbeats>`;
    const text = document({ leads: withPulse, inside: `<waveforms>${beat}</waveforms>` }).replace('="12"', '="412"');
    const recording = readEcg(Buffer.from(text));
    expect(recording.leads.map(({ samples }) => samples.length)).toEqual(Array.from({ length: 12 }, () => 6));
    expect(recording.notes).toEqual(['The calibration pulse of 1 mV after 0.012 s is left out.']);
    expect(recording.representativeBeats).toMatchObject([
      { name: 'II', samples: Int32Array.from([1, -2]), sampleRateHz: 1000, microvoltsPerUnit: 1.25 },
    ]);
  });

  it('takes the measurements and statements of the first interpretation', () => {
    const inside =
      '<internalmeasurements><crossleadmeasurements><meanventrate>70</meanventrate><meanqtc>400</meanqtc><tfrontaxis></tfrontaxis></crossleadmeasurements></internalmeasurements>' +
      '<interpretations><interpretation><globalmeasurements><heartrate editedflag="True">71</heartrate><pfrontaxis>Failed</pfrontaxis></globalmeasurements>' +
      '<severity>NORMAL</severity><statement><leftstatement>SR</leftstatement><rightstatement>rate 60-99</rightstatement></statement></interpretation>' +
      '<interpretation><globalmeasurements><heartrate>99</heartrate></globalmeasurements><statement><leftstatement>no</leftstatement></statement></interpretation></interpretations>';
    const { measurements, statements, notes } = readEcg(Buffer.from(document({ inside })));
    expect(measurements).toEqual([
      { code: 'HR', value: 71, unit: 'bpm' },
      { code: 'QTc', value: 400, unit: 'ms' },
    ]);
    expect(statements).toEqual(['NORMAL', 'SR (rate 60-99)']);
    expect(notes).toHaveLength(2);
  });

  it('reads UTF-16 with a mark, without one, and what only says that it is', () => {
    const text = document({ before: '<?xml version="1.0" encoding="utf-16"?>' });
    for (const bytes of [Buffer.from(`\uFEFF${text}`, 'utf16le'), Buffer.from(text, 'utf16le'), Buffer.from(text)])
      expect(readEcg(bytes).leads).toHaveLength(12);
    expect(readEcg(Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()).leads).toHaveLength(12);
  });

  it.each([
    [/^unsupported: .*type 'MortaraECG', version '1.04'/, document({ type: 'MortaraECG' })],
    [/^unsupported: .*type 'PhilipsECG', version '1.05'/, document({ version: '1.05' })],
    [/^unsupported: .*type '', version ''/, '<restingecgdata/>'],
    [/^no-waveform/, document({}).replace(/<waveforms>.*<.waveforms>/s, '')],
    [/^bad-xml/, document({ before: '<!DOCTYPE restingecgdata SYSTEM "x.dtd">' })],
    [/^bad-xml/, document({ before: '<!DOCTYPE restingecgdata [<!ENTITY a "b">]>' })],
    [/^bad-xml/, document({ inside: '&a;' })],
    [/^bad-xml/, document({ inside: '<a>'.repeat(5000) })],
    [/^truncated/, document({ leads: stored.slice(0, 11) })],
    [/^truncated/, document({}).replace('="12"', '="14"')],
    [/^unsupported: .*Gzip/, document({}).replace('XLI', 'Gzip')],
    [/^unsupported: .*resolution/, document({}).replace('="2.5"', '="0"')],
    [/^unsupported: .*predicted/, document({}).replaceAll('I II III aVR', 'I II X aVR')],
    [/^bad-xml/, document({}).replace('</parsedwaveforms>', '!</parsedwaveforms>')],
  ])('refuses with %s (case %#)', (expected, text) => {
    expect(refusal(text)).toMatch(expected);
  });
});
