import { describe, expect, it } from '@jest/globals';
import { EcgFormatError } from '../ecg-format-error.js';
import { readAecg } from './read-aecg.js';

const lead = (name: string, digits: string, scale = '<scale value="2.5" unit="uV"/>'): string =>
  `<component><sequence><code code="MDC_ECG_LEAD_${name}"/><value xsi:type="SLIST_PQ"><origin value="0.01" unit="mV"/>${scale}` +
  `<digits>${digits}</digits></value></sequence></component>`;
const time = (head: string, increment = '<increment value="2" unit="ms"/>'): string =>
  `<component><sequence><code code="TIME_ABSOLUTE"/><value xsi:type="GLIST_TS"><head value="${head}"/>${increment}</value></sequence></component>`;
const set = (...parts: string[]): string => `<component><sequenceSet>${parts.join('')}</sequenceSet></component>`;
const document = (series: string, before = ''): string =>
  `${before}<AnnotatedECG xmlns="urn:hl7-org:v3" xmlns:xsi="x">${series}</AnnotatedECG>`;
const rhythm = (...sets: string[]): string => `<component><series>${sets.join('')}</series></component>`;
const bytes = (text: string): Uint8Array => Buffer.from(text);
function codeOf(input: Uint8Array): string {
  try {
    readAecg(input);
  } catch (error) {
    return error instanceof EcgFormatError ? error.code : String(error);
  }
  return 'read';
}
const minimal = rhythm(set(time('20240102030405'), lead('AVR', ' 1\n-2 <!-- c -->3 ')));

describe('readAecg', () => {
  it('reads scale, origin and increment with their units', () => {
    const recording = readAecg(bytes(document(minimal)));
    expect(recording.startTime).toBe('2024-01-02T03:04:05');
    expect(recording.leads).toEqual([
      {
        name: 'aVR',
        samples: Int32Array.from([1, -2, 3]),
        sampleRateHz: 500,
        microvoltsPerUnit: 2.5,
        baselineMicrovolts: 10,
        derived: false,
        startSeconds: 0,
      },
    ]);
  });

  it.each([
    ['<id root="1.2.3" extension=""/>', '1.2.3'],
    ['<id root=" " extension=" "/>', undefined],
    ['<id root="1.2.3" extension=" P-7 "/>', 'P-7'],
  ])('the patient of %s', (id, expected) => {
    const name =
      '<subjectDemographicPerson><name><family>李</family><given>明</given></name></subjectDemographicPerson>';
    const subject = `<trialSubject>${id}${name}</trialSubject>`;
    const { patient } = readAecg(bytes(document(`${subject}${minimal}`)));
    expect([patient.id, patient.name]).toEqual([expected, '李明']);
  });

  it('gives a later set its time, and keeps derived series apart', () => {
    const beat = `<derivation><derivedSeries>${set(time('20240102030405'), lead('I', '9'))}</derivedSeries></derivation>`;
    const recording = readAecg(
      bytes(
        document(
          rhythm(
            set(time('20240102030405'), lead('I', '1 2')),
            set(time('20240102030407.500'), lead('V1', '3 4')),
            beat,
          ),
        ),
      ),
    );
    expect(recording.leads.map(({ name, startSeconds }) => [name, startSeconds])).toEqual([
      ['I', 0],
      ['V1', 2.5],
    ]);
    expect(recording.representativeBeats?.map(({ samples }) => Array.from(samples))).toEqual([[9]]);
  });

  it('joins digits over the edges of its pieces, in time that grows with the size alone', () => {
    const values = Array.from({ length: 60_000 }, (_, i) => (i * 7919) % 30_011);
    const recording = readAecg(bytes(document(rhythm(set(time('20240102'), lead('II', values.join(' ')))))));
    expect([...(recording.leads[0]?.samples ?? [])]).toEqual(values);
  });

  it('respects the declared encoding', () => {
    const name =
      '<x><trialSubject><subjectDemographicPerson><name>NAME</name></subjectDemographicPerson></trialSubject></x>';
    const text = document(`${name}${minimal}`, '<?xml version="1.0" encoding="GBK"?>');
    const [head = '', tail = ''] = text.split('NAME');
    const gbk = Buffer.concat([bytes(head), Buffer.from([0xcd, 0xf5, 0xce, 0xe5]), bytes(tail)]);
    expect(readAecg(gbk).patient.name).toBe('王五');
    expect(readAecg(Buffer.from(`\uFEFF${document(minimal)}`, 'utf16le')).leads).toHaveLength(1);
    expect(codeOf(Buffer.concat([bytes(document(minimal)), Buffer.from([0xff])]))).toBe('bad-xml');
  });

  it('prefers what is said of the recording to what is said of one beat', () => {
    const measured = (value: number): string =>
      `<annotation><code code="MDC_ECG_TIME_PD_QT"/><value xsi:type="PQ" value="${value}" unit="ms"/></annotation>`;
    const annotations = `<annotationSet><component><annotation><code code="MDC_ECG_BEAT"/><component>${measured(1)}</component></annotation></component><component>${measured(400)}</component></annotationSet>`;
    expect(readAecg(bytes(document(`${minimal}${annotations}`))).measurements).toEqual([
      { code: 'QT', value: 400, unit: 'ms' },
    ]);
  });

  it.each([
    ['not-ecg', '<ClinicalDocument/>'],
    ['no-waveform', document('')],
    ['bad-xml', document(minimal, '<!DOCTYPE a [<!ENTITY x "y">]>')],
    ['bad-xml', document(minimal).slice(0, -5)],
    ['bad-xml', document(rhythm(set(time('20240102'), lead('I', '1 2.5'))))],
    ['bad-xml', document('<a>'.repeat(5000))],
    ['unsupported', document(rhythm(set(lead('I', '1 2'))))],
    ['unsupported', document(rhythm(set(time('20240102', ''), lead('I', '1 2'))))],
    ['unsupported', document(rhythm(set(time('20240102'), lead('I', '1 2', ''))))],
    ['unsupported', document(rhythm(set(time('20240102'), lead('I', '1', '<scale value="1" unit="mm[Hg]"/>'))))],
  ])('refuses as %s (case %#)', (code, text) => {
    expect(codeOf(bytes(text))).toBe(code);
  });
});
