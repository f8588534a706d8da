import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { type Transferable, Worker } from 'node:worker_threads';
import { gunzip, gzip } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import { EcgFormatError, type EcgLead, EcgLevelsWriter, type EcgReel, openEcgReel, REEL_HEAD } from '#libs/formats/ecg';
import { MEASURES_VERSION } from '#libs/formats/ecg-measure';
import { Database, Outbox } from '#libs/persistence';
import { ObjectStore } from '#libs/ports';
import { ECG_MEASURED } from './domain/ecg.events.js';
import { LONG_SECONDS, madeOfEcg, overviewOf, type MadeOfEcg, type MeasuredEcg } from './domain/measured-ecg.js';
import { EcgMeasuresRepository, type DueRecording, type StoredObject } from './ecg-measures.repository.js';
import type { MeasuringWork } from './measuring-thread.js';

const compress = promisify(gzip);
const decompress = promisify(gunzip);
/** An ordinary recording is measured in less time than a thread takes to start; a Holter's hours would keep all else waiting. */
const AT_ONCE_BYTES = 1024 * 1024;

/** Longer than the longest run takes on a slow machine; then whoever had it is taken for dead. A megabyte puts a second on top. */
const AGAIN_IN_SECONDS = 120;
/** What is read of a long recording at a time. */
const PIECE_SECONDS = 600;
/** Four bytes each: of a day's twelve leads these first are measured, as far as this goes. */
const MOST_SAMPLES = 60_000_000;
const MEASURED_FIRST = ['II', 'V1', 'V5', 'I'];

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
    const made = await this.made(due);
    const measures = made && (await this.put('ecg-measures', due, await compress(JSON.stringify(made.measured))));
    const levels = made?.levels ? await this.put('ecg-levels', due, made.levels) : null;
    await this.database.transaction(async () => {
      if (!(await this.measures.keep(due.instanceId, { measures, levels })) || !made) return;
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

  private async put(kind: string, { instanceId }: DueRecording, object: Uint8Array): Promise<StoredObject> {
    const key = `${kind}/${instanceId}/${createHash('sha256').update(object).digest('hex')}`;
    await this.objects.putBytes(key, object);
    return { key, size: object.length };
  }

  /** Null where the bytes are no recording that can be read. */
  private async made({ format, objectKey, sizeBytes }: DueRecording): Promise<MadeOfEcg | null> {
    try {
      const whole = sizeBytes <= AT_ONCE_BYTES;
      if (whole) return madeOfEcg(await this.objects.getRange(objectKey, 0, sizeBytes), format);
      const reel = openEcgReel(await this.objects.getRange(objectKey, 0, Math.min(REEL_HEAD, sizeBytes)), sizeBytes);
      if (reel && reel.seconds > LONG_SECONDS) return await this.madeOfReel(reel, objectKey);
    } catch (error) {
      if (error instanceof EcgFormatError) return null;
      throw error;
    }
    const bytes = Uint8Array.from(await this.objects.getRange(objectKey, 0, sizeBytes));
    return inThread({ bytes, format }, [bytes.buffer]);
  }

  private async madeOfReel(reel: EcgReel, objectKey: string): Promise<MadeOfEcg> {
    const { leads } = reel.recording;
    const levels = new EcgLevelsWriter(
      leads.map(({ name }) => name),
      reel.seconds,
    );
    const gathered = measuredFirst(leads, reel.seconds).map((lead) => ({
      lead,
      samples: new Int32Array(Math.round(reel.seconds * lead.sampleRateHz)),
    }));
    for (let fromSeconds = 0; fromSeconds < reel.seconds; fromSeconds += PIECE_SECONDS) {
      const stretch = { fromSeconds, seconds: PIECE_SECONDS };
      const { start, length } = reel.bytesOf(stretch);
      const piece = reel.cut(await this.objects.getRange(objectKey, start, length), stretch);
      levels.push(piece);
      for (const { lead, samples } of gathered) {
        const from = piece.leads[lead.place]!;
        const at = Math.round(from.startSeconds * from.sampleRateHz);
        samples.set(from.samples.subarray(0, samples.length - at), at);
      }
    }
    const recording = {
      ...reel.recording,
      leads: gathered.map(({ lead, samples }) => ({ ...leads[lead.place]!, samples })),
    };
    const made = await inThread(
      { recording },
      gathered.map(({ samples }) => samples.buffer),
    );
    const { measured } = made!;
    return { measured, levels: levels.end(overviewOf(measured, reel.seconds)) };
  }
}

/** Where in the file the leads stand that are measured: all, where there is room. */
function measuredFirst(
  leads: readonly EcgLead[],
  seconds: number,
): { readonly place: number; readonly sampleRateHz: number }[] {
  const rank = (name: string): number =>
    (MEASURED_FIRST.indexOf(name) + MEASURED_FIRST.length + 1) % (MEASURED_FIRST.length + 1);
  const ranked = leads
    .map(({ name, sampleRateHz }, place) => ({ place, sampleRateHz, rank: rank(name) }))
    .sort((one, other) => one.rank - other.rank || one.place - other.place);
  let room = MOST_SAMPLES;
  return ranked
    .filter(({ sampleRateHz }, i) => (room -= seconds * sampleRateHz) >= 0 || i === 0)
    .sort((one, other) => one.place - other.place);
}

function inThread(work: MeasuringWork, transferList: Transferable[]): Promise<MadeOfEcg | null> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL('./measuring-thread.js', import.meta.url), {
      execArgv: [],
      workerData: work,
      transferList,
    });
    thread.once('message', resolve);
    thread.once('error', reject);
    thread.once('exit', () => reject(new Error('the measuring thread ended without an answer')));
  });
}
