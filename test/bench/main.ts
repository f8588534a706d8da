import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Contest, Figure, Row } from './contender.js';
import { CpuProfiles } from './cpu-profile.js';
import { processorTime } from './processor-time.js';
import { measureLimits } from './limits.js';
import { ORTHANC_SETTINGS, orthancIsInstalled, startOrthanc } from './orthanc-contender.js';
import { startQiao } from './qiao-contender.js';
import { asText, inWords, type Report } from './report.js';
import { cStoreRow } from './rows/c-store.js';
import { largeRow } from './rows/large.js';
import { memoryFigures } from './rows/memory.js';
import { qidoRow } from './rows/qido.js';
import { retrieveRow } from './rows/retrieve.js';
import { scaleRow } from './rows/scale.js';
import { stowRow } from './rows/stow.js';

const ROWS: readonly Row[] = [stowRow, cStoreRow, qidoRow, retrieveRow, largeRow, scaleRow];
const KEYS = ROWS.map((row) => row.key);

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    profile: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    'no-peer': { type: 'boolean', default: false },
  },
});
const wanted = values.only?.split(',') ?? KEYS;
const unknown = wanted.filter((key) => !KEYS.includes(key));
if (unknown.length > 0) {
  console.error(`There is no row called ${unknown.join(', ')}; there are ${KEYS.join(', ')}.`);
  process.exit(1);
}

const apart = process.env['BENCH_NAMESPACE'] === 'own';
const withPeer = apart && !values['no-peer'] && orthancIsInstalled();
const folder = await mkdtemp(join(tmpdir(), 'qiao-bench-'));
const profiles = values.profile ? new CpuProfiles(join(folder, 'profiles')) : null;
const stops: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
const say = (line: string): void => console.log(line);
try {
  const limits = await measureLimits(folder);
  const ours = await startQiao(profiles?.settings);
  stops.unshift(() => ours.stop());
  const peer = withPeer ? await startOrthanc(folder) : null;
  if (peer !== null) stops.unshift(() => peer.stop());
  const rounds = Number(values.rounds ?? (values.quick ? 3 : 7));
  const contest: Contest = { ours, peer, rounds, share: values.quick ? 0.4 : 1, folder };
  const figures: Figure[] = [];
  for (const row of ROWS.filter(({ key }) => wanted.includes(key))) {
    const began = performance.now();
    const run = () => processorTime(ours, () => row.run(contest));
    const { result: timed, lines } = profiles ? await profiles.during(ours, run) : { result: await run(), lines: [] };
    const { result, line: processors } = timed;
    figures.push(...result);
    say(`${row.key}: ${((performance.now() - began) / 1000).toFixed(0)} s`);
    for (const one of result) say(`  ${inWords(one)}`);
    for (const line of [processors, ...lines]) say(line);
  }
  figures.push(...(await memoryFigures(contest)));
  const report: Report = {
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
    machine: `${cpus().length} × ${cpus()[0]?.model.trim()}, Node.js ${process.versions.node}`,
    conditions: [
      peerCondition(),
      'ours: supervisor, gateway, listener, worker, embedded PostgreSQL (fsync and synchronous_commit on), folder store with' +
        ' files and directories flushed, bearer tokens, audit; an answer only behind all of it',
      `both in turn, ${rounds} rounds after one to warm up; ratios are medians of the rounds' ratios; both wait until ours has filed and settled`,
    ],
    limits,
    figures,
  };
  const text = asText(report);
  say(`\n${text}`);
  if (values.json) await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`);
} finally {
  for (const stop of stops) await stop();
}

function peerCondition(): string {
  if (withPeer) return `peer: Orthanc with its DICOMweb plugin, TCP_NODELAY=1, ${JSON.stringify(ORTHANC_SETTINGS)}`;
  if (!apart)
    return 'no peer: Orthanc listens on every address, so it is started only in a network namespace of its own';
  return values['no-peer'] ? 'no peer: left out as asked' : 'no peer: Orthanc or its DICOMweb plugin is not installed';
}
