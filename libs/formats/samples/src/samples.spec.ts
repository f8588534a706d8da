import { describe, expect, it } from '@jest/globals';
import { decimals, instanceUids, Part10Splitter, personName, readAttributes, sequence } from '#libs/formats/dicom';
import { ecgSignal } from './ecg-signal.js';
import { sampleAecg, sampleCt, sampleDr, sampleEcg, type SampleFile } from './index.js';

function read({ bytes }: SampleFile) {
  const splitter = new Part10Splitter();
  const dataset = Buffer.concat([splitter.push(bytes), splitter.end()]);
  return { dataset, ...readAttributes(dataset, splitter.meta!.transferSyntaxUid) };
}

describe('samples', () => {
  it('are the same for the same seed and others for another', () => {
    const [one] = sampleEcg();
    expect(sampleEcg()[0]!.bytes.equals(one!.bytes)).toBe(true);
    expect(sampleEcg({ seed: 'other' })[0]!.bytes.equals(one!.bytes)).toBe(false);
  });

  it('CT slices differ, descend by the spacing and share one series', () => {
    const slices = sampleCt({ slices: 3, patientName: 'Zhang^San=张^三' }).map(read);
    expect(new Set(slices.map(({ attributes }) => instanceUids(attributes).seriesInstanceUid)).size).toBe(1);
    expect(new Set(slices.map(({ attributes }) => instanceUids(attributes).sopInstanceUid)).size).toBe(3);
    expect(slices.map(({ attributes }) => decimals(attributes, '00200032')[2])).toEqual([5, 0, -5]);
    expect(personName(slices[0]!.attributes, '00100010').display).toBe('张三');
    const pixels = slices.map(({ dataset, pixelData }) => dataset.subarray(pixelData!.offset).toString('latin1'));
    expect(new Set(pixels).size).toBe(3);
  });

  it('DR uses twelve bits', () => {
    const { dataset, pixelData } = read(sampleDr()[0]!);
    let largest = 0;
    for (let at = 0; at < pixelData!.length!; at += 2)
      largest = Math.max(largest, dataset.readUInt16LE(pixelData!.offset + at));
    expect(largest).toBeGreaterThan(2000);
    expect(largest).toBeLessThan(4096);
  });

  it('ECG leads obey Einthoven and Goldberger exactly', () => {
    const [i, ii, iii, avr, avl, avf] = ecgSignal('any');
    for (let at = 0; at < i!.length; at += 1) {
      expect(i![at]! + iii![at]!).toBe(ii![at]);
      expect(-(i![at]! + ii![at]!) / 2 - avr![at]!).toBeCloseTo(0, 9);
      expect((i![at]! - iii![at]!) / 2 - avl![at]!).toBeCloseTo(0, 9);
      expect((ii![at]! + iii![at]!) / 2 - avf![at]!).toBeCloseTo(0, 9);
    }
  });

  it('ECG and aECG carry the same samples', () => {
    const { attributes, bulk, dataset } = read(sampleEcg()[0]!);
    const group = sequence(attributes, '54000100')[0]!;
    expect(sequence(group, '003A0200')).toHaveLength(12);
    const { offset } = bulk['bulk/54000100/0/54001010']!;
    const first = Array.from({ length: 12 }, (_, lead) => dataset.readInt16LE(offset + lead * 2));
    const digits = [
      ...sampleAecg()[0]!
        .bytes.toString('utf8')
        .matchAll(/<digits>(-?\d+) /g),
    ].map((match) => Number(match[1]));
    expect(digits).toEqual(first);
  });
});
