import { describe, expect, it } from '@jest/globals';
import { detectEcgFormat } from '../detect-ecg-format.js';
import { EcgFormatError } from '../ecg-format-error.js';
import { readDicomWaveform } from './read-dicom-waveform.js';

/** Elements of explicit VR little endian, made here so that each case shows what it depends on. */
const LONG = new Set(['OB', 'OW', 'SQ']);
function element(tag: string, vr: string, value: string | Uint8Array): Buffer {
  const raw = Buffer.from(value);
  const padded =
    raw.length % 2 === 0 ? raw : Buffer.concat([raw, Buffer.from(vr === 'UI' || vr === 'OB' ? '\0' : ' ')]);
  const head = Buffer.alloc(LONG.has(vr) ? 12 : 8);
  head.writeUInt16LE(parseInt(tag.slice(0, 4), 16), 0);
  head.writeUInt16LE(parseInt(tag.slice(4), 16), 2);
  head.write(vr, 4, 'latin1');
  if (LONG.has(vr)) head.writeUInt32LE(padded.length, 8);
  else head.writeUInt16LE(padded.length, 6);
  return Buffer.concat([head, padded]);
}
const us = (tag: string, value: number): Buffer => element(tag, 'US', Uint8Array.from([value & 255, value >> 8]));
const ul = (tag: string, value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return element(tag, 'UL', bytes);
};
function sequence(tag: string, items: readonly Buffer[]): Buffer {
  const wrapped = items.map((item) => {
    const head = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0]);
    head.writeUInt32LE(item.length, 4);
    return Buffer.concat([head, item]);
  });
  return element(tag, 'SQ', Buffer.concat(wrapped));
}
const code = (tag: string, value: string, meaning: string): Buffer =>
  sequence(tag, [Buffer.concat([element('00080100', 'SH', value), element('00080104', 'LO', meaning)])]);

interface ChannelSpec {
  readonly lead: string;
  readonly unit?: string;
  readonly sensitivity?: string;
  readonly factor?: string;
  readonly baseline?: string;
}
function group(
  channels: readonly ChannelSpec[],
  data: Buffer,
  { kind = 'SS', bits = 16, samples = 2, offset = '0', originality = 'ORIGINAL' } = {},
): Buffer {
  return Buffer.concat([
    element('00181068', 'DS', offset),
    element('003A0004', 'CS', originality),
    us('003A0005', channels.length),
    ul('003A0010', samples),
    element('003A001A', 'DS', '500'),
    sequence(
      '003A0200',
      channels.map(({ lead, unit = 'uV', sensitivity = '2.5', factor = '1', baseline = '0' }) =>
        Buffer.concat([
          code('003A0208', lead, ''),
          element('003A0210', 'DS', sensitivity),
          code('003A0211', unit, ''),
          element('003A0212', 'DS', factor),
          element('003A0213', 'DS', baseline),
          element('003A0215', 'DS', '1'),
        ]),
      ),
    ),
    us('54001004', bits),
    element('54001006', 'CS', kind),
    element('54001010', 'OW', data),
  ]);
}
function part10(body: readonly Buffer[], sopClass = '1.2.840.10008.5.1.4.1.1.9.1.1'): Uint8Array {
  const meta = Buffer.concat([element('00020002', 'UI', sopClass), element('00020010', 'UI', '1.2.840.10008.1.2.1')]);
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), ul('00020000', meta.length), meta, ...body]);
}
const words = (...values: number[]): Buffer => Buffer.from(Int16Array.from(values).buffer);
const file = (...groups: Buffer[]): Uint8Array => part10([sequence('54000100', groups)]);
function codeOf(bytes: Uint8Array): string {
  try {
    readDicomWaveform(bytes);
  } catch (error) {
    return error instanceof EcgFormatError ? error.code : String(error);
  }
  return 'read';
}

describe('readDicomWaveform', () => {
  it('separates interleaved channels and keeps unit, factor, baseline and skew', () => {
    const channels = [
      { lead: '5.6.3-9-1' },
      { lead: '2:62', unit: 'mV', sensitivity: '0.0025', factor: '2', baseline: '0.1' },
    ];
    const { leads } = readDicomWaveform(file(group(channels, words(1, -2, 3, -4))));
    expect(leads.map(({ name, samples }) => [name, Array.from(samples)])).toEqual([
      ['I', [1, 3]],
      ['aVR', [-2, -4]],
    ]);
    expect(leads[0]).toMatchObject({ microvoltsPerUnit: 2.5, baselineMicrovolts: 0, skewSeconds: 0.002 });
    expect(leads[1]).toMatchObject({ microvoltsPerUnit: 5, baselineMicrovolts: 100, derived: false });
  });

  it.each([
    ['SB', 8, Buffer.from([255, 1]), [-1, 1]],
    ['UB', 8, Buffer.from([255, 1]), [255, 1]],
    ['US', 16, words(-1, 1), [65_535, 1]],
    ['SS', 16, words(-1, 1), [-1, 1]],
  ])('reads %s of %i bits', (kind, bits, data, expected) => {
    const { leads } = readDicomWaveform(file(group([{ lead: '5.6.3-9-2' }], data, { kind, bits })));
    expect([...(leads[0]?.samples ?? [])]).toEqual(expected);
  });

  it('keeps a derived group apart, and gives leads of a later group their time', () => {
    const recording = readDicomWaveform(
      file(
        group([{ lead: '5.6.3-9-1' }], words(1, 2)),
        group([{ lead: '5.6.3-9-3' }], words(3, 4), { offset: '2500' }),
        group([{ lead: '5.6.3-9-1' }], words(5, 6), { originality: 'DERIVED' }),
      ),
    );
    expect(recording.leads.map(({ name, startSeconds }) => [name, startSeconds])).toEqual([
      ['I', 0],
      ['V1', 2.5],
    ]);
    expect(recording.representativeBeats?.map(({ samples }) => Array.from(samples))).toEqual([[5, 6]]);
  });

  it('leaves out a channel that is no voltage, and says so', () => {
    const recording = readDicomWaveform(
      file(group([{ lead: '5.6.3-9-1' }, { lead: 'ART', unit: 'mm[Hg]' }], words(1, 2, 3, 4))),
    );
    expect(recording.leads.map(({ name }) => name)).toEqual(['I']);
    expect(recording.notes.join()).toMatch(/mm\[Hg\]/);
  });

  it('refuses by code', () => {
    expect(codeOf(new Uint8Array(10))).toBe('not-ecg');
    expect(codeOf(part10([element('00100020', 'LO', 'P1')]))).toBe('no-waveform');
    expect(codeOf(file(group([{ lead: '5.6.3-9-1' }], words(1))))).toBe('truncated');
    expect(codeOf(file(group([{ lead: '5.6.3-9-1' }], words(1, 2), { kind: 'MB', bits: 8 })))).toBe('unsupported');
    expect(codeOf(file(group([{ lead: '5.6.3-9-1', unit: 'mm[Hg]' }], words(1, 2))))).toBe('unsupported');
    expect(codeOf(file(group([{ lead: '5.6.3-9-1' }], words(1, 2))).subarray(0, 400))).toBe('truncated');
  });

  it('reads a Chinese name, the time and the measurements', () => {
    const measured = Buffer.concat([
      code('004008EA', '/min', ''),
      code('0040A043', 'X', 'Ventricular Heart Rate'),
      element('0040A30A', 'DS', '72'),
    ]);
    const bytes = part10([
      element('00080005', 'CS', 'GB18030'),
      element('0008002A', 'DT', '20240102030405.5+0800'),
      element(
        '00100010',
        'PN',
        Buffer.concat([
          Buffer.from('Wang^Wu='),
          Buffer.from([0xcd, 0xf5]),
          Buffer.from('^'),
          Buffer.from([0xce, 0xe5]),
        ]),
      ),
      sequence('0040B020', [measured, element('00700006', 'ST', 'Sinus rhythm')]),
      sequence('54000100', [group([{ lead: '5.6.3-9-1' }], words(1, 2))]),
    ]);
    expect(readDicomWaveform(bytes)).toMatchObject({
      patient: { name: '王五' },
      startTime: '2024-01-02T03:04:05.5+08:00',
      measurements: [{ code: 'HR', value: 72, unit: 'bpm' }],
      statements: ['Sinus rhythm'],
    });
  });
});

describe('detectEcgFormat', () => {
  it('knows an ECG among DICOM files by its class', () => {
    expect(detectEcgFormat(part10([]))).toBe('dicom-waveform');
    expect(detectEcgFormat(part10([], '1.2.840.10008.5.1.4.1.1.2'))).toBeNull();
  });

  it('knows XML by its root, whatever stands before it', () => {
    const detect = (text: string, encoding: BufferEncoding = 'utf8') => detectEcgFormat(Buffer.from(text, encoding));
    expect(detect('\uFEFF<?xml version="1.0"?><!-- <RestingECG> --><!DOCTYPE x><h:AnnotatedECG/>')).toBe('aecg');
    expect(detect('\uFEFF<AnnotatedECG/>', 'utf16le')).toBe('aecg');
    expect(detect('<RestingECG>')).toBe('muse-xml');
    expect(detect('<constructor/>')).toBeNull();
    expect(detect('<!--')).toBeNull();
    expect(detect('')).toBeNull();
  });
});

describe('channels that could be mistaken for each other, or for a flat line', () => {
  it('a correction factor of 0 is no scale', () => {
    const bytes = file(group([{ lead: '2:1', factor: '0' }, { lead: '2:2' }], words(1, 2, 3, 4)));
    const { leads, notes } = readDicomWaveform(bytes);
    expect(leads.map(({ name }) => name)).toEqual(['II']);
    expect(notes.join(' ')).toMatch(/I: its correction factor is 0/);
  });

  it.each([
    ['factor', '1,5'],
    ['factor', 'none'],
    ['baseline', '0,25'],
    ['sensitivity', '2,5'],
  ])('a %s of %j cannot be read: the channel is left out, not guessed', (part, text) => {
    const { leads, notes } = readDicomWaveform(
      file(
        group(
          [
            { lead: '2:1', [part]: text },
            { lead: '2:2', factor: ' ', baseline: '' },
          ],
          words(1, 2, 3, 4),
        ),
      ),
    );
    expect(
      leads.map(({ name, microvoltsPerUnit, baselineMicrovolts }) => [name, microvoltsPerUnit, baselineMicrovolts]),
    ).toEqual([['II', 2.5, 0]]);
    expect(notes).toHaveLength(1);
  });

  it('a time offset that cannot be read is not taken for none', () => {
    const bytes = file(group([{ lead: '2:1' }], words(1, 2), { offset: '2,5' }));
    expect(codeOf(bytes)).toBe('unsupported');
  });

  it('three channels of one name are three leads', () => {
    const spec = { lead: '5.6.3-9-0' };
    const { leads } = readDicomWaveform(file(group([spec, spec, spec], words(1, 2, 3, 4, 5, 6))));
    expect(leads.map(({ name, samples }) => [name, [...samples]])).toEqual([
      ['5.6.3-9-0', [1, 4]],
      ['5.6.3-9-0 2', [2, 5]],
      ['5.6.3-9-0 3', [3, 6]],
    ]);
  });
});
