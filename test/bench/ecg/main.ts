import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { launchBrowser, sitDown } from '#test/browser';
import { QiaoProcess } from '#test/qiao-process';
import { asText, type Report } from '../report.js';
import { decodingFigures } from './decoding.js';
import { measuringFigure } from './measuring.js';
import { arrivalFigure } from './on-the-worklist.js';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '15' }, json: { type: 'string' } } });
const rounds = Number(values.rounds);
const data = process.env['QIAO_TEST_DATA'];
const stops: (() => unknown)[] = [];
const say = (line: string): void => console.log(line);

try {
  // First, while the process is small.
  const measuring = measuringFigure();
  const qiao = await QiaoProcess.start();
  stops.unshift(() => qiao.dispose());
  const browser = await launchBrowser();
  stops.unshift(() => browser.close());
  const { page } = await sitDown(browser, qiao, 'zhou');
  const figures = [await arrivalFigure(qiao, page, rounds), measuring];
  if (data !== undefined) figures.push(...(await decodingFigures(data)));
  const report: Report = {
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
    machine: `${cpus().length} × ${cpus()[0]?.model.trim()}, Node.js ${process.versions.node}, ${browser.version()}`,
    peer: 'save2gdf',
    conditions: [
      `${rounds} ECGs, one after another, each from the moment its POST is sent until its row is drawn on a cardiologist's open worklist; settings as delivered; the median, and the slowest in the note`,
      'measuring: a synthetic day in memory, once, everything that `measureEcg` gives',
      data === undefined
        ? 'no decoding: QIAO_TEST_DATA names no folder of real files'
        : 'decoding: file in memory to samples in memory, the best of ten; save2gdf (biosig-tools) is a whole process that also reads and writes, so no ratio is formed',
    ],
    limits: [],
    figures,
  };
  say(`\n${asText(report)}`);
  if (values.json) await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`);
} finally {
  for (const stop of stops) await stop();
}
