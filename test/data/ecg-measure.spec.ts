import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { EcgFormatError, type EcgRecording, readEcg, readWfdb, readWfdbAnnotations } from '#libs/formats/ecg';
import { type EcgMeasures, findBeats, measureEcg, spanOf } from '#libs/formats/ecg-measure';

const root = process.env['QIAO_TEST_DATA'];
if (root === undefined) throw new Error('Set QIAO_TEST_DATA to the folder of real files.');
const file = (name: string): Uint8Array => readFileSync(join(root, 'ecg', name));

/** Codes that WFDB's `isqrs` calls a QRS. */
const isQrs = (code: number): boolean => (code >= 1 && code <= 13) || [25, 30, 34, 35, 38, 41].includes(code);

describe('QRS detection on MIT-BIH record 100', () => {
  it.each([
    ['both leads', [0, 1]],
    ['MLII alone', [0]],
    ['V5 alone', [1]],
  ])('%s: at least 99.8 % of the annotated beats, and of ours, within 150 ms', (name, places) => {
    const recording = readWfdb(['100.hea', '100.dat'].map((part) => ({ name: part, bytes: file(`wfdb/${part}`) })));
    const truth = readWfdbAnnotations(file('wfdb/100.atr')).flatMap(({ code, sample }) =>
      isQrs(code) ? sample / 360 : [],
    );
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

describe('the heart rate beside the one that the device states', () => {
  const compared: string[] = [];

  /** Nothing where the file is refused; the other data specs hold which may be. */
  function read(name: string): EcgRecording | undefined {
    try {
      return readEcg(file(name));
    } catch (error) {
      if (error instanceof EcgFormatError) return undefined;
      throw error;
    }
  }

  /** Philips lists the least, mean and greatest beat-to-beat rate and their deviation: its mean is of rates. Others go by the mean R-R. */
  function ours({ source }: EcgRecording, { beats, rate }: EcgMeasures): number {
    if (source !== 'philips') return rate.value!;
    const rates = beats.slice(1).map(({ seconds }, i) => 60 / (seconds - beats[i]!.seconds));
    return rates.reduce((sum, each) => sum + each, 0) / rates.length;
  }

  it.each(['scp', 'muse-xml', 'philips-sierra', 'mfer', 'aecg', 'dicom'])('%s: within 2 a minute', (folder) => {
    for (const each of readdirSync(join(root, 'ecg', folder)).toSorted()) {
      const recording = read(`${folder}/${each}`);
      const value = (code: string): number | undefined =>
        recording?.measurements.find((measurement) => measurement.code === code)?.value;
      const [rate, rr] = [value('HR'), value('RR')];
      const stated = rate ?? (rr === undefined ? undefined : 60_000 / rr);
      if (!recording || stated === undefined) continue;
      const measures = measureEcg(recording);
      compared.push(
        `${folder}/${each}: ${stated.toFixed(1)}, ours ${ours(recording, measures).toFixed(1)} (by mean R-R ${measures.rate.value})`,
      );
      expect(Math.abs(ours(recording, measures) - stated)).toBeLessThanOrEqual(2);
    }
  });

  it('was compared for five files; no SCP, MFER or aECG file at hand states a rate', () => {
    console.log(compared.join('\n'));
    expect(compared.map((line) => line.split(':')[0])).toEqual([
      'muse-xml/BRAVEHEART__example1.xml',
      'muse-xml/BRAVEHEART__example2.xml',
      'philips-sierra/sierra-ecg-tools__129DYPRG.XML',
      'philips-sierra/sierra-ecg-tools__3191723_ZZDEMOPTONLY_1-04_orig.xml',
      'dicom/pydicom__waveform_ecg.dcm',
    ]);
  });
});
