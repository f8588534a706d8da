import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Part10Splitter, readAttributes, text } from '#libs/formats/dicom';
import {
  demandPdfDocument,
  detectEcgFormat,
  type EcgFormat,
  EcgFormatError,
  openEcgReel,
  readDicomWaveform,
  readEcg,
  REEL_HEAD,
  secondsOf,
  type EcgRecording,
} from '#libs/formats/ecg';
import { demand, type Caller } from '#libs/identity';
import { newId, Refusal } from '#libs/kernel';
import { digestKey, ObjectStore } from '#libs/ports';
import { attributesOf, type EcgFacts, type EcgSupplement } from './domain/ecg-attributes.js';
import type { InstanceSource, Receipt, StoredFormat } from './domain/stored-instance.js';
import { DemandRoom } from './demand-room.js';
import { IngestRepository, type NewInstance } from './ingest.repository.js';
import { ReceiveInstance } from './receive-instance.js';
import { Spool, type SpooledFile } from './spool.js';

/** What stands where a DICOM instance has its SOP class: the format's own name where it has one. */
export const ecgClass = (format: StoredFormat): string =>
  format === 'aecg' ? 'urn:hl7-org:v3:AnnotatedECG' : `urn:qiao:ecg:${format}`;

/** Of a file that has to be read whole, and of one of which any stretch can be read: twelve leads of a day at 1000 Hz have 2.1 GB. */
const LARGEST_ECG = 32 * 1024 * 1024;
const LARGEST_REEL = 4 * 1024 * 1024 * 1024;
/** Enough to tell the format from. */
const BEGINNING = 4096;

/** A UID of the content itself (PS3.5 B.2: 2.25 and a 128-bit number), so that the same file is the same recording. */
function uidFrom(digest: string, role: string): string {
  const bytes = createHash('sha256').update(`${role} ${digest}`).digest().subarray(0, 16);
  return `2.25.${BigInt(`0x${bytes.toString('hex')}`)}`;
}

/** One ECG file of any supported format, told by its content; the original bytes are kept as they came. */
@Injectable()
export class ReceiveEcg {
  constructor(
    private readonly objects: ObjectStore,
    private readonly repository: IngestRepository,
    private readonly instances: ReceiveInstance,
    private readonly room: DemandRoom,
    private readonly spool: Spool,
  ) {}

  /** @throws Refusal `invalid`: unknown-ecg-format, no-patient-id, and the reader's own codes; `too-large` / ecg-too-large */
  async receive(
    caller: Caller,
    content: AsyncIterable<Buffer>,
    source: InstanceSource,
    given: EcgSupplement = {},
  ): Promise<Receipt> {
    demand(caller, 'upload.send');
    await this.room.for(caller.organisation);
    const file = this.spool.create();
    try {
      const digest = await taken(content, file);
      await this.room.for(caller.organisation, file.size);
      const beginning = file.beginning(0, Math.min(REEL_HEAD, file.size));
      const reel = readable(() => openEcgReel(beginning, file.size));
      if (reel)
        return await this.receiveFile(
          caller,
          { file, digest },
          source,
          given,
          factsOfRecording(reel.recording, reel.seconds),
        );
      if (file.size > LARGEST_ECG) throw tooLarge();
      const bytes = await file.read(0, file.size);
      const format = detectEcgFormat(bytes);
      if (format === 'dicom-waveform') return await this.receiveDicom(caller, bytes, source, given);
      if (format === null)
        throw new Refusal('invalid', 'unknown-ecg-format', 'The content is none of the ECG formats that can be read.');
      const facts = readable(() => factsOf(bytes, format));
      return await this.receiveFile(caller, { file, digest }, source, given, facts);
    } finally {
      await file.discard();
    }
  }

  private async receiveDicom(
    caller: Caller,
    bytes: Buffer,
    source: InstanceSource,
    given: EcgSupplement,
  ): Promise<Receipt> {
    readable(() => readDicomWaveform(bytes));
    const splitter = new Part10Splitter();
    const dataset = Buffer.concat([splitter.push(bytes), splitter.end()]);
    const { attributes } = readAttributes(dataset, splitter.meta!.transferSyntaxUid, { complete: true });
    if (!text(attributes, '00100020') && !given.patientId) throw noPatient();
    const reception = await this.instances.openFile(caller, { ...source, ...supplement(given) });
    await reception.write(bytes);
    return reception.commit();
  }

  private async receiveFile(
    caller: Caller,
    { file, digest }: { file: SpooledFile; digest: string },
    source: InstanceSource,
    given: EcgSupplement,
    facts: EcgFacts,
  ): Promise<Receipt> {
    const sopClassUid = ecgClass(facts.format);
    const uids = {
      study: uidFrom(digest, 'study'),
      series: uidFrom(digest, 'series'),
      instance: uidFrom(digest, 'instance'),
    };
    const attributes = attributesOf(facts, sopClassUid, uids, given);
    if (!text(attributes, '00100020')) throw noPatient();
    const objectKey = digestKey('documents', digest);
    const stored = this.objects.put(objectKey, await file.finish());
    const row = {
      id: newId(),
      organisation: caller.organisation,
      sopInstanceUid: uids.instance,
      sopClassUid,
      transferSyntaxUid: sopClassUid,
      studyInstanceUid: uids.study,
      seriesInstanceUid: uids.series,
      digest,
      format: facts.format,
      objectKey,
      sizeBytes: file.size,
      datasetOffset: 0,
      pixelData: null,
      attributes,
      source,
    } satisfies NewInstance;
    const { outcome, id } = await this.repository.add(row, stored);
    return {
      outcome,
      instanceId: id,
      sopInstanceUid: uids.instance,
      sopClassUid,
      studyInstanceUid: uids.study,
      seriesInstanceUid: uids.series,
    };
  }
}

function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof EcgFormatError) throw new Refusal('invalid', error.code, error.message);
    throw error;
  }
}

function noPatient(): Refusal {
  return new Refusal(
    'invalid',
    'no-patient-id',
    'The file names no patient: send patientId (and patientName) with it.',
  );
}

function supplement(given: EcgSupplement): { supplement?: EcgSupplement } {
  return Object.keys(given).length > 0 ? { supplement: given } : {};
}

/** Takes all that comes, as far as it may. @returns the digest */
async function taken(content: AsyncIterable<Buffer>, file: SpooledFile): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of content) {
    hash.update(chunk);
    await file.append(chunk);
    if (file.size <= LARGEST_ECG) continue;
    const format = detectEcgFormat(file.beginning(0, BEGINNING));
    if (file.size > LARGEST_REEL || (format !== 'ishne' && format !== 'edf')) throw tooLarge();
  }
  return hash.digest('hex');
}

function tooLarge(): Refusal {
  const [most, mostOfReel] = [LARGEST_ECG, LARGEST_REEL].map((bytes) => bytes / 1024 / 1024);
  return new Refusal(
    'too-large',
    'ecg-too-large',
    `An ECG file has at most ${most} MB; an ISHNE or EDF file without gaps ${mostOfReel} MB.`,
  );
}

function factsOf(bytes: Uint8Array, format: EcgFormat): EcgFacts {
  if (format === 'pdf') {
    demandPdfDocument(bytes);
    return { patient: {}, format, description: '心电图（PDF）' };
  }
  const recording = readEcg(bytes);
  return factsOfRecording(recording, secondsOf(recording));
}

function factsOfRecording(recording: EcgRecording, seconds: number): EcgFacts {
  return { ...recording, format: recording.source, description: describe(recording, seconds) };
}

const CHEST_LEADS = ['V1', 'V2', 'V3', 'V4', 'V5', 'V6'];
/** From an hour on it is a recording of a day's life, whatever its leads. */
const AMBULATORY_SECONDS = 3600;

function describe({ leads }: EcgRecording, seconds: number): string {
  if (seconds >= AMBULATORY_SECONDS) return '动态心电图';
  const names = new Set(leads.map(({ name }) => name));
  return ['I', 'II', ...CHEST_LEADS].every((name) => names.has(name)) ? '十二导联心电图' : '心电图';
}
