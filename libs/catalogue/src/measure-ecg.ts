import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { gunzip, gzip } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import { EcgFormatError } from '#libs/formats/ecg';
import { MEASURES_VERSION } from '#libs/formats/ecg-measure';
import { Database, Outbox } from '#libs/persistence';
import { ObjectStore } from '#libs/ports';
import { ECG_MEASURED } from './domain/ecg.events.js';
import { measuredEcg, type MeasuredEcg } from './domain/measured-ecg.js';
import { EcgMeasuresRepository, type DueRecording } from './ecg-measures.repository.js';
import type { MeasuringWork } from './measuring-thread.js';

const compress = promisify(gzip);
const decompress = promisify(gunzip);
/** An ordinary recording is measured in less time than a thread takes to start; a Holter's hours would keep all else waiting. */
const AT_ONCE_BYTES = 1024 * 1024;

/** Longer than the longest run takes on a slow machine; then whoever had it is taken for dead. */
const AGAIN_IN_SECONDS = 120;

/** The measures of ECGs: made once for each recording after its examination has settled, and kept as derived objects. */
@Injectable()
export class MeasureEcg {
  constructor(
    private readonly database: Database,
    private readonly measures: EcgMeasuresRepository,
    private readonly objects: ObjectStore,
    private readonly outbox: Outbox,
  ) {}

  expect(examId: string): Promise<void> {
    return this.measures.expect(examId, MEASURES_VERSION);
  }

  /** Outside any transaction: while one is open, no change of the worklist after it is told. @returns whether there was one */
  async next(): Promise<boolean> {
    const due = await this.measures.take(AGAIN_IN_SECONDS);
    if (!due) return false;
    const object = await this.measured(due);
    await this.database.transaction(async () => {
      if (!(await this.measures.keep(due.instanceId, object)) || !object) return;
      await this.outbox.publish(ECG_MEASURED, due.examId, { examId: due.examId });
    });
    return true;
  }

  /** What has been measured so far, in the order in which the recordings came. */
  async find(examId: string): Promise<(MeasuredEcg & { sopInstanceUid: string })[]> {
    const found = [];
    for (const { sopInstanceUid, objectKey, sizeBytes } of await this.measures.ofExam(examId)) {
      const bytes = await decompress(await this.objects.getRange(objectKey, 0, sizeBytes));
      found.push({ ...(JSON.parse(bytes.toString('utf8')) as MeasuredEcg), sopInstanceUid });
    }
    return found;
  }

  /** The object that holds the measures; null where the bytes are no recording that can be read. */
  private async measured({ instanceId, format, objectKey, sizeBytes }: DueRecording) {
    const found = await measured({ bytes: await this.objects.getRange(objectKey, 0, sizeBytes), format });
    if (!found) return null;
    const object = await compress(JSON.stringify(found));
    const key = `ecg-measures/${instanceId}/${createHash('sha256').update(object).digest('hex')}`;
    await this.objects.putBytes(key, object);
    return { key, size: object.length };
  }
}

/** Null where the bytes are no recording that can be read. */
async function measured(work: MeasuringWork): Promise<MeasuredEcg | null> {
  if (work.bytes.length > AT_ONCE_BYTES) return inThread(work);
  try {
    return measuredEcg(work.bytes, work.format);
  } catch (error) {
    if (error instanceof EcgFormatError) return null;
    throw error;
  }
}

function inThread(work: MeasuringWork): Promise<MeasuredEcg | null> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL('./measuring-thread.js', import.meta.url), { execArgv: [], workerData: work });
    thread.once('message', resolve);
    thread.once('error', reject);
    thread.once('exit', () => reject(new Error('the measuring thread ended without an answer')));
  });
}
