import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type EcgLead, type EcgRecording, readEcg } from '#libs/formats/ecg';
import { findBeats, measureEcg, spanOf } from '#libs/formats/ecg-measure';

const root = process.env['QIAO_TEST_DATA'];
if (root === undefined) throw new Error('Set QIAO_TEST_DATA to the folder of real files.');
const file = (name: string): Uint8Array => readFileSync(join(root, 'ecg', name));

/** Format 212 of the WFDB header: two 12-bit samples in three bytes, both signals by turns (record 100: 200 per mV, zero at 1024). */
function record100(): EcgRecording {
  const bytes = file('wfdb/100.dat');
  const count = bytes.length / 3;
  const [first, second] = [new Int32Array(count), new Int32Array(count)];
  const signed = (value: number): number => (value > 2047 ? value - 4096 : value);
  for (let i = 0; i < count; i++) {
    const [low, middle, high] = [bytes[3 * i]!, bytes[3 * i + 1]!, bytes[3 * i + 2]!];
    first[i] = signed(low | ((middle & 0x0f) << 8));
    second[i] = signed(high | ((middle & 0xf0) << 4));
  }
  const lead = (name: string, samples: Int32Array): EcgLead => ({
    name,
    samples,
    sampleRateHz: 360,
    microvoltsPerUnit: 5,
    baselineMicrovolts: -5120,
    derived: false,
    startSeconds: 0,
  });
  const leads = [lead('MLII', first), lead('V5', second)];
  return { patient: {}, leads, measurements: [], statements: [], notes: [], source: 'wfdb' };
}

/** Beat times of an MIT annotation file, in seconds: codes that WFDB's `isqrs` calls a QRS. */
function annotatedBeats(bytes: Uint8Array, rateHz: number): number[] {
  const beats: number[] = [];
  const isQrs = (code: number): boolean => (code >= 1 && code <= 13) || [25, 30, 34, 35, 38, 41].includes(code);
  let time = 0;
  for (let i = 0; i + 1 < bytes.length;) {
    const word = bytes[i]! | (bytes[i + 1]! << 8);
    const [code, rest] = [word >> 10, word & 0x3ff];
    i += 2;
    if (word === 0) break;
    if (code === 59) {
      time += ((bytes[i]! | (bytes[i + 1]! << 8)) << 16) | bytes[i + 2]! | (bytes[i + 3]! << 8);
      i += 4;
    } else if (code === 63) i += rest + (rest % 2);
    else if (code < 60) {
      time += rest;
      if (isQrs(code)) beats.push(time / rateHz);
    }
  }
  return beats;
}

describe('QRS detection on MIT-BIH record 100', () => {
  it.each([
    ['both leads', [0, 1]],
    ['MLII alone', [0]],
    ['V5 alone', [1]],
  ])('%s: at least 99.8 % of the annotated beats, and of ours, within 150 ms', (name, places) => {
    const recording = record100();
    const truth = annotatedBeats(file('wfdb/100.atr'), 360);
    expect(truth).toHaveLength(2273);
    const leads = places.map((place) => recording.leads[place]!);
    const { beats } = findBeats(spanOf({ ...recording, leads }));
    let hits = 0;
    let next = 0;
    for (const beat of truth) {
      while (next < beats.length && beats[next]!.seconds < beat - 0.15) next++;
      if (next < beats.length && beats[next]!.seconds <= beat + 0.15) {
        hits++;
        next++;
      }
    }
    const [sensitivity, predictivity] = [hits / truth.length, hits / beats.length];
    console.log(
      `Record 100, ${name}: ${hits} of ${truth.length} beats, ${beats.length} found; ` +
        `sensitivity ${(sensitivity * 100).toFixed(3)} %, positive predictivity ${(predictivity * 100).toFixed(3)} %`,
    );
    expect(sensitivity).toBeGreaterThanOrEqual(0.998);
    expect(predictivity).toBeGreaterThanOrEqual(0.998);
  });
});

describe('intervals beside those of the device', () => {
  it.each([
    'dicom/ECGToolkit__Example.dcm',
    'aecg/ECGToolkit__Example.xml',
    'dicom/pydicom__waveform_ecg.dcm',
    'aecg/aecg-python__subject1_0.xml',
  ])('%s: PR within 10 ms, QRS within 10 ms, QT, by tangent, up to 35 ms shorter', (name) => {
    const recording = readEcg(file(name));
    const measures = measureEcg(recording);
    const device = (code: string): number | undefined =>
      recording.measurements.find((each) => each.code === code)?.value;
    const { rate, pr, p, qrs, qt, qtcBazett, pAxis, qrsAxis, tAxis } = measures;
    console.log(
      `${name}: rate ${rate.value} (device ${device('HR')}), P ${p.value} (${device('P')}), PR ${pr.value} (${device('PR')}), ` +
        `QRS ${qrs.value} (${device('QRS')}), QT ${qt.value} (${device('QT')}), QTcB ${qtcBazett.value} (${device('QTc') ?? device('QTcB')}), ` +
        `axes ${pAxis.value} ${qrsAxis.value} ${tAxis.value} (${device('P-axis')} ${device('QRS-axis')} ${device('T-axis')}); ` +
        `beats ${measures.beats.length}, warnings ${measures.warnings.map(({ code, leads }) => `${code} ${leads.join(' ')}`).join('; ') || 'none'}`,
    );
    expect(Math.abs(pr.value! - device('PR')!)).toBeLessThanOrEqual(10);
    expect(Math.abs(qrs.value! - device('QRS')!)).toBeLessThanOrEqual(10);
    expect(device('QT')! - qt.value!).toBeGreaterThanOrEqual(-10);
    expect(device('QT')! - qt.value!).toBeLessThanOrEqual(35);
  });
});
