import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { NestFactory } from '@nestjs/core';
import {
  CompletenessRepository,
  CompressFrames,
  MeasureEcg,
  OnExamSettled as PrepareSettledExam,
  OnInstanceStored,
} from '#libs/catalogue';
import { readSettings } from '#libs/config';
import { OnEcgMeasured, OnReadOpened as RaiseOpenedRead } from '#libs/critical';
import { AuditTrail } from '#libs/audit';
import { AccessTokens } from '#libs/identity';
import { Database, Deliveries, DELIVERY_BATCH, type DeliveryJob } from '#libs/persistence';
import { JobQueue, ObjectStore } from '#libs/ports';
import { OnDocumentsAsked } from '#libs/reading';
import { OnExamSettled as KeepSettledExam, OnReadOpened } from '#libs/retention';
import { ChangeRead, OnExamSettled, WorklistEventsRepository } from '#libs/worklist';
import { CollectGarbage } from '#libs/storekeeping';
import { runServer } from '../../platform/src/run-server.js';
import { WorkerModule } from './app.module.js';
import { startRounds } from '../../platform/src/rounds.js';

const QUEUE = 'reactions';
const RELAY_MS = 200;
/** Short, because an ECG is waited for no longer than this. */
const SETTLE_MS = 250;
/** After the read has opened; before who sees it has begun to read. */
const MEASURE_MS = 500;
const SWEEP_MS = 5_000;
/** A page that was away for longer reads its list anew. */
const WORKLIST_EVENT_HOURS = 24;

const settings = readSettings();
const app = await NestFactory.createApplicationContext(WorkerModule.of(settings), { logger: ['error', 'warn'] });
const queue = app.get(JobQueue);
const deliveries = new Deliveries(app.get(Database), [
  app.get(OnInstanceStored),
  app.get(OnExamSettled),
  app.get(PrepareSettledExam),
  app.get(OnEcgMeasured),
  app.get(RaiseOpenedRead),
  app.get(KeepSettledExam),
  app.get(OnReadOpened),
  app.get(OnDocumentsAsked),
]);

/** The same work while it waits is one job; a saving, not a promise. */
function jobId(job: DeliveryJob): string {
  return createHash('sha256').update(`${job.reaction} ${job.key} ${job.eventIds.join()}`).digest('hex').slice(0, 40);
}
/** @returns whether there is more: a batch that was not full waits for the next round, so that events of one key gather into one job */
async function enqueue(jobs: readonly DeliveryJob[]): Promise<boolean> {
  await queue.add(
    QUEUE,
    jobs.map((job) => ({ id: jobId(job), data: { ...job } })),
  );
  return jobs.reduce((events, job) => events + job.eventIds.length, 0) >= DELIVERY_BATCH;
}

await queue.process(QUEUE, 4, (data) => deliveries.run(data as unknown as DeliveryJob));
const completeness = app.get(CompletenessRepository);
const changeRead = app.get(ChangeRead);
const worklistEvents = app.get(WorklistEventsRepository);
const tokens = app.get(AccessTokens);
const compressFrames = app.get(CompressFrames);
const measureEcg = app.get(MeasureEcg);
const garbage = new CollectGarbage(app.get(Database), app.get(ObjectStore), [], app.get(AuditTrail));
const rounds = [
  startRounds('relay', RELAY_MS, async () => enqueue(await deliveries.relay())),
  startRounds('sweep', SWEEP_MS, async () => enqueue(await deliveries.sweep())),
  startRounds('settle', SETTLE_MS, async () => (await completeness.settleQuiet(settings.settleSeconds)).length > 0),
  startRounds('measure-ecg', MEASURE_MS, () => measureEcg.next()),
  startRounds('compress-frames', 2_000, (signal) => compressFrames.next(signal)),
  startRounds('leases', 30_000, async () => (await changeRead.expireLeases()) > 0),
  startRounds('old-worklist-events', 600_000, async () => worklistEvents.clear(WORKLIST_EVENT_HOURS).then(() => false)),
  startRounds('interrupted-removals', 600_000, async () => garbage.finish().then(() => false)),
  startRounds('expired-logins', 3_600_000, async () => tokens.removeExpired().then(() => false)),
];

runServer('worker', async () => {
  await Promise.all(rounds.map((round) => round.stop()));
  await queue.close();
  await app.close();
  await app.get(Database).source.destroy();
});
