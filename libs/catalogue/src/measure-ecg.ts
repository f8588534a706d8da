import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { gunzip, gzip } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import { EcgFormatError } from '#libs/formats/ecg';
import { MEASURES_VERSION } from '#libs/formats/ecg-measure';
import { ObjectStore } from '#libs/ports';
import { CatalogueRepository, type InstanceLocation } from './catalogue.repository.js';
import { measuredEcg, type MeasuredEcg } from './domain/measured-ecg.js';
import { EcgMeasuresRepository } from './ecg-measures.repository.js';
import type { MeasuringWork } from './measuring-thread.js';

const compress = promisify(gzip);
const decompress = promisify(gunzip);
/** An ordinary recording is measured in less time than a thread takes to start; a Holter's hours would keep all else waiting. */
const AT_ONCE_BYTES = 1024 * 1024;

/** The measures of the ECGs of an examination: made once for each recording, and kept as derived objects. */
@Injectable()
export class MeasureEcg {
  constructor(
    private readonly catalogue: CatalogueRepository,
    private readonly measures: EcgMeasuresRepository,
    private readonly objects: ObjectStore,
  ) {}

  /** @returns whether there was anything to measure */
  async run(examId: string): Promise<boolean> {
    const exam = await this.catalogue.exam(examId);
    if (exam?.kind !== 'ecg') return false;
    const done = new Set(await this.measures.measured(examId, MEASURES_VERSION));
    const due = (await this.catalogue.instancesOfExam(examId)).filter((one) => holdsWaveform(one) && !done.has(one.id));
    for (const instance of due) await this.measure(instance);
    return due.length > 0;
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

  private async measure(instance: InstanceLocation): Promise<void> {
    const bytes = await this.objects.getRange(instance.objectKey, 0, instance.sizeBytes);
    const found = await measured({ bytes, format: instance.format });
    const object = found && (await compress(JSON.stringify(found)));
    const key = object && `ecg-measures/${instance.id}/${createHash('sha256').update(object).digest('hex')}`;
    if (object && key) await this.objects.putBytes(key, object);
    await this.measures.keep(instance.id, MEASURES_VERSION, object && key ? { key, size: object.length } : null);
  }
}

const holdsWaveform = ({ format, attributes }: InstanceLocation): boolean =>
  format !== 'pdf' && (format !== 'dicom' || attributes['54000100'] !== undefined);

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
