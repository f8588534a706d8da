import { describe, expect, it } from '@jest/globals';
import { enEcg } from '../../text/en-ecg.js';
import { zhEcg } from '../../text/zh-ecg.js';
import type { EcgMeasurement, EcgView } from './ecg-view.js';
import {
  acceptable,
  differ,
  firstChoice,
  measurementLine,
  offered,
  withMeasurementsReplaced,
} from './measurement-line.js';

const one = (code: string, value: number, unit = 'ms'): EcgMeasurement => ({ code, value, unit });
const view = (measurements: EcgMeasurement[], computed?: EcgMeasurement[]): EcgView => ({
  recording: { leads: [], measurements, statements: [], notes: [] },
  ...(computed ? { computed } : {}),
});

describe('measurements in the report', () => {
  it('stand in one line, in the order of a report', () => {
    const values = { 'QRS-axis': '45', HR: '72', PR: '160', QRS: '92', QT: '380', QTc: '416' } as const;
    expect(measurementLine(values, zhEcg.line)).toBe(
      '心率 72 次/分，PR 160 ms，QRS 92 ms，QT/QTc 380/416 ms，电轴 45°',
    );
    expect(measurementLine(values, enEcg.line)).toBe(
      'Heart rate 72/min, PR 160 ms, QRS 92 ms, QT/QTc 380/416 ms, axis 45°',
    );
  });
  it('leave out what nobody confirmed', () => {
    expect(measurementLine({ HR: '72', PR: ' ', QT: '380' }, zhEcg.line)).toBe('心率 72 次/分，QT 380 ms');
    expect(measurementLine({ QTc: '416', QTcF: '409', 'QRS-axis': '0' }, zhEcg.line)).toBe(
      'QTc 416 ms，QTc（Fridericia）409 ms，电轴 0°',
    );
    expect(measurementLine({}, zhEcg.line)).toBe('');
  });
  it('take the place of those that begin a line, and of nothing else', () => {
    const replaced = (text: string, words = zhEcg.line): string | null => withMeasurementsReplaced(text, 'NEW', words);
    const all = { HR: '72', PR: '160', QRS: '92', QT: '380', QTc: '416', QTcF: '409', 'QRS-axis': '-30' } as const;
    for (const { line } of [zhEcg, enEcg]) {
      expect(replaced(`First.\n${measurementLine(all, line)}\nLast.`, line)).toBe('First.\nNEW\nLast.');
      expect(replaced(measurementLine({ QTc: '416.5' }, line), line)).toBe('NEW');
    }
    expect(replaced('窦性心律\n心率 72 次/分，QT 380 ms，律齐')).toBe('窦性心律\nNEW，律齐');
    expect(replaced('可见短阵室速，心率 150 次/分')).toBeNull();
    expect(replaced('')).toBeNull();
  });
  it('are offered as the device and as the software measured them', () => {
    const found = offered(
      view(
        [one('HR', 72, 'bpm'), one('QT', 400), one('QTc', 430), one('RR', 833)],
        [one('HR', 73, 'bpm'), one('QT', 440), one('QTcB', 435), one('QTcF', 428), one('P', 100)],
      ),
    );
    expect(found).toEqual([
      { code: 'HR', device: 72, computed: 73, apart: false },
      { code: 'QT', device: 400, computed: 440, apart: true },
      { code: 'QTc', device: 430, computed: 435, apart: false },
      { code: 'QTcF', device: null, computed: 428, apart: false },
    ]);
    expect(found.map(firstChoice)).toEqual(['72', '', '430', '']);
    expect(offered(view([], [one('PR', 150)])).map(firstChoice)).toEqual(['150']);
    expect(offered(view([one('PR', 0.16, 's')]))).toEqual([]);
  });
  it('differ by unit, names of one unit being one, and angles going round', () => {
    expect(differ(one('HR', 72, '/min'), one('HR', 76, 'bpm'))).toBe(false);
    expect(differ(one('HR', 72, '/min'), one('HR', 77, 'bpm'))).toBe(true);
    expect(differ(one('QRS-axis', -175, 'deg'), one('QRS-axis', 178, 'deg'))).toBe(false);
    expect(differ(one('QRS-axis', 45, 'deg'), one('QRS-axis', 60, 'deg'))).toBe(true);
    expect(differ(undefined, one('HR', 1, 'bpm'))).toBe(false);
  });
  it('are numbers that can be, or nothing', () => {
    const said = ['', '72', '0', '401', '7 2', '-3', 'abc', '72.5'].map((text) => acceptable('HR', text));
    expect(said).toEqual([true, true, false, false, false, false, false, true]);
    expect(['-90', '-181'].map((text) => acceptable('QRS-axis', text))).toEqual([true, false]);
  });
});
