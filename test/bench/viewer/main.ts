import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Part10Splitter, readAttributes } from '#libs/formats/dicom';
import { sampleCt } from '#libs/formats/samples';
import { launchBrowser } from '#test/browser';
import { ohifPages, ViewerSite } from '#test/ohif';
import { eventually, QiaoProcess } from '#test/qiao-process';
import type { Figure } from '../contender.js';
import { orthancIsInstalled, startOrthanc } from '../orthanc-contender.js';
import { asText, type Report } from '../report.js';
import { median } from '../rounds.js';
import { clickOurs, openOurs, openPeer, type Opening } from './first-image.js';
import { ShapedLine, type LineLimits } from './shaped-line.js';

const SLICES = 400;
const LINES: readonly {
  readonly name: string;
  readonly limits: LineLimits;
  readonly preview: number;
  lossless: number;
}[] = [
  {
    name: '2 Mbit/s, 100 ms',
    limits: { bitsPerSecond: 2_000_000, roundTripMs: 100 },
    preview: 20,
    lossless: 8,
  },
  { name: 'no limit', limits: { bitsPerSecond: 1e12, roundTripMs: 0 }, preview: 3, lossless: 3 },
];
const MOST_BYTES_BEFORE_PREVIEW = 65_000;
const READER = 'sun';
const PATIENT = '王守远';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '3' }, json: { type: 'string' } } });
const rounds = Number(values.rounds);
const pages = ohifPages();
const withPeer = process.env['BENCH_NAMESPACE'] === 'own' && orthancIsInstalled() && pages !== undefined;
const folder = await mkdtemp(join(tmpdir(), 'qiao-bench-viewer-'));
const stops: (() => unknown)[] = [() => rm(folder, { recursive: true, force: true })];
const say = (line: string): void => console.log(line);

try {
  const files = sampleCt({
    slices: SLICES,
    seed: 'bench-viewer',
    patientId: 'VIEWER',
    patientName: 'Wang^ShouYuan=王^守远',
  });
  const study = studyOf(files[0]!.bytes);

  const qiao = await QiaoProcess.start();
  stops.unshift(() => qiao.dispose());
  for (let at = 0; at < SLICES; at += 50) {
    const sent = files.slice(at, at + 50).map(({ bytes }) => bytes);
    const { status } = await qiao.stow('pacs-zhaozhuang', sent);
    if (status !== 200) throw new Error(`STOW: ${status}`);
  }
  const ask = await qiao.logIn(READER);
  const read = await eventually('the read, settled', async () => {
    const { body } = await ask<{ items: { id: string; studyInstanceUid: string; instances: number }[] }>(
      'GET',
      '/api/worklist?search=VIEWER',
    );
    return body.items.find((one) => one.studyInstanceUid === study && one.instances === SLICES)?.id;
  });
  const reader = { username: READER, password: qiao.credentials.users[READER]! };

  let site: ViewerSite | null = null;
  if (withPeer) {
    const orthanc = await startOrthanc(folder, { HttpCompressionEnabled: true });
    stops.unshift(() => orthanc.stop());
    const base = `http://127.0.0.1:${orthanc.httpPort}`;
    for (const { bytes } of files) {
      const answer = await fetch(`${base}/instances`, { method: 'POST', body: Buffer.from(bytes) });
      if (!answer.ok) throw new Error(`Orthanc: ${answer.status}`);
    }
    site = await ViewerSite.open(pages, base);
    stops.unshift(() => site?.close());
  }

  const browser = await launchBrowser();
  stops.unshift(() => browser.close());
  const figures: Figure[] = [];
  for (const { name, limits, preview, lossless } of LINES) {
    const ours = await ShapedLine.to(qiao.httpPort, limits);
    const peers = site && (await ShapedLine.to(Number(new URL(site.origin).port), limits));
    const [mine, clicked, theirs]: [Opening[], Opening[], Opening[]] = [[], [], []];
    // The first of each warms the servers up; a browser's cache is cold every time.
    for (let round = -1; round < rounds; round += 1) {
      const turns = [
        async () => mine.push(await openOurs(browser, ours.origin, reader, read)),
        async () => clicked.push(await clickOurs(browser, ours.origin, reader, PATIENT)),
        async () => peers && theirs.push(await openPeer(browser, peers.origin, study)),
      ];
      for (const turn of round % 2 === 0 ? turns : turns.toReversed()) await turn();
      if (round < 0) for (const warmUp of [mine, clicked, theirs]) warmUp.pop();
      else
        say(
          [`${name}, round ${round + 1}: ${inWords(mine.at(-1)!)}`, `from the worklist ${inWords(clicked.at(-1)!)}`]
            .concat(theirs.slice(-1).map((one) => `OHIF ${inWords(one)}`))
            .join('\n  '),
        );
    }
    ours.close();
    peers?.close();
    figures.push(
      figure(`preview on the screen, ${name}`, 'ms', 'previewMs', mine, theirs, { ratio: preview }),
      figure(`every pixel on the screen, ${name}`, 'ms', 'losslessMs', mine, theirs, { ratio: lossless }),
      figure(`bytes before the preview, ${name}`, 'B', 'previewBytes', mine, theirs, {
        most: MOST_BYTES_BEFORE_PREVIEW,
      }),
      figure(`bytes before every pixel, ${name}`, 'B', 'losslessBytes', mine, theirs),
      figure(`preview, from the click in the worklist, ${name}`, 'ms', 'previewMs', clicked, []),
      figure(`every pixel, from the click in the worklist, ${name}`, 'ms', 'losslessMs', clicked, []),
    );
  }
  const report: Report = {
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
    machine: `${cpus().length} × ${cpus()[0]?.model.trim()}, Node.js ${process.versions.node}, ${browser.version()}`,
    peer: 'OHIF',
    conditions: [
      withPeer
        ? 'peer: OHIF 3.12.10 behind a server that sends it gzipped, Orthanc with HttpCompressionEnabled beside it; its first pixels count as both'
        : 'no peer: it takes a network namespace, Orthanc and OHIF’s package',
      `a CT of ${SLICES} slices of ${(files[0]!.bytes.length / 1000).toFixed(0)} kB; a signed-in reader opens it by its address with nothing in the cache`,
      `${rounds} rounds after one to warm up, in turn; ratios are medians of the rounds' ratios`,
      'milliseconds since the page was asked for; bytes as transferred, of all answers that had ended by then (workers not counted)',
    ],
    limits: [],
    figures,
  };
  say(`\n${asText(report)}`);
  if (values.json) await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`);
} finally {
  for (const stop of stops) await stop();
}

function figure(
  what: string,
  unit: string,
  key: keyof Opening,
  mine: readonly Opening[],
  theirs: readonly Opening[],
  target?: Figure['target'],
): Figure {
  const [ours, peers] = [mine, theirs].map((all) => all.map((one) => one[key])) as [number[], number[]];
  const peer = peers.length > 0 ? median(peers) : undefined;
  const ratio = peers.length > 0 ? median(ours.map((one, at) => peers[at]! / one)) : undefined;
  return { what, unit, ours: median(ours), peer, ratio, target, rounds: [ours, peers] };
}

function inWords({ previewMs, losslessMs, previewBytes, losslessBytes }: Opening): string {
  const at = (ms: number, bytes: number): string => `${ms.toFixed(0)} ms (${(bytes / 1000).toFixed(0)} kB)`;
  return `preview ${at(previewMs, previewBytes)}, every pixel ${at(losslessMs, losslessBytes)}`;
}

function studyOf(file: Uint8Array): string {
  const splitter = new Part10Splitter();
  const dataset = Buffer.concat([splitter.push(Buffer.from(file)), splitter.end()]);
  return String(readAttributes(dataset, splitter.meta!.transferSyntaxUid).attributes['0020000D']!.Value![0]);
}
