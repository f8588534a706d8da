import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { personName, text } from '#libs/formats/dicom';
import {
  cutRecording,
  EcgFormatError,
  type EcgReel,
  type EcgStretch,
  openEcgReel,
  readDicomWaveform,
  readEcg,
  REEL_HEAD,
  secondsOf,
  writeCsv,
  writeDicomWaveform,
  writeFhirObservations,
  type EcgMeasurement,
  type EcgRecording,
  type FhirBundle,
  type FhirEcgIdentity,
} from '#libs/formats/ecg';
import { Refusal } from '#libs/kernel';
import { ObjectStore } from '#libs/ports';
import { CatalogueRepository, type InstanceLocation } from './catalogue.repository.js';
import { DEVICE_ZONE } from './domain/indexed-facts.js';
import { LONG_SECONDS } from './domain/measured-ecg.js';

/** What is given of a long recording at a time, where nothing else is asked for. */
const FIRST_STRETCH = { fromSeconds: 0, seconds: 120 };
/** Up to this a file is read whole; reels, which need not be, up to less. */
const [LARGEST_WHOLE, LARGEST_WHOLE_REEL] = [256 * 1024 * 1024, 32 * 1024 * 1024];

/** A recording, or where it is long a part of it: then each lead's `startSeconds` says where that part of it begins. */
export interface RecordingPart {
  readonly recording: EcgRecording;
  /** Null where the recording is whole. */
  readonly stretch: (EcgStretch & { readonly ofSeconds: number }) | null;
}

/** The ECG of an examination, from the bytes as they came. */
@Injectable()
export class ReadEcgRecording {
  constructor(
    private readonly catalogue: CatalogueRepository,
    private readonly objects: ObjectStore,
  ) {}

  /** @throws Refusal `not-found` / no-ecg; ecg-document where it is a PDF without a waveform; `conflict` / ecg-too-long */
  async ofExam(examId: string): Promise<EcgRecording> {
    return this.recordingOf(await this.waveform(examId));
  }

  /**
   * The whole, or of more than ten minutes the stretch that is asked for; the first two minutes where none is.
   * @throws Refusal as `ofExam`
   */
  async partOfExam(examId: string, wanted: EcgStretch = FIRST_STRETCH): Promise<RecordingPart> {
    const found = await this.waveform(examId);
    const reel = await this.reelOf(found);
    if (reel && reel.seconds > LONG_SECONDS) {
      const stretch = within(wanted, reel.seconds);
      const { start, length } = reel.bytesOf(stretch);
      const recording = reel.cut(await this.objects.getRange(found.objectKey, start, length), stretch);
      return { recording, stretch: { ...stretch, ofSeconds: reel.seconds } };
    }
    const recording = await this.recordingOf(found);
    const ofSeconds = secondsOf(recording);
    if (ofSeconds <= LONG_SECONDS) return { recording, stretch: null };
    const stretch = within(wanted, ofSeconds);
    return { recording: cutRecording(recording, stretch), stretch: { ...stretch, ofSeconds } };
  }

  /**
   * The recording as DICOM Part 10 files: one that came as DICOM as it came, any other format written as the waveform class that fits it,
   * in the study that it is kept under. The same recording has the same UIDs whenever it is asked for. `receivedAt` stands where the file
   * has no time.
   * @throws Refusal as `ofExam`; `conflict` / ecg-not-dicom where no class fits
   */
  async dicomOfExam(examId: string, receivedAt: string): Promise<Uint8Array[]> {
    const found = await this.waveform(examId);
    if (found.format === 'dicom') return [await this.bytesOf(found)];
    const recording = await this.recordingOf(found);
    const accessionNumber = text(found.attributes, '00080050');
    try {
      return writeDicomWaveform(named(recording, found), {
        studyInstanceUid: found.studyInstanceUid,
        seriesInstanceUid: uidOf(found, 'waveform series'),
        sopInstanceUid: (instanceNumber) => uidOf(found, `waveform ${instanceNumber}`),
        receivedAt,
        ...(accessionNumber ? { accessionNumber } : {}),
      });
    } catch (error) {
      if (error instanceof EcgFormatError) throw new Refusal('conflict', 'ecg-not-dicom', error.message);
      throw error;
    }
  }

  /**
   * The recording as CSV (docs/ecg-csv.md), a text for each group of leads that share their time, in pieces.
   * @throws Refusal as `ofExam`; `conflict` / ecg-not-csv where the form cannot hold it
   */
  async csvOfExam(examId: string): Promise<Iterable<string>[]> {
    const found = await this.waveform(examId);
    const recording = named(await this.recordingOf(found), found);
    try {
      return writeCsv(recording);
    } catch (error) {
      if (error instanceof EcgFormatError) throw new Refusal('conflict', 'ecg-not-csv', error.message);
      throw error;
    }
  }

  /**
   * The recording as FHIR R4 Observations, with what `compute` measures in it.
   * @throws Refusal as `ofExam`; `conflict` / ecg-not-fhir where FHIR cannot hold it
   */
  async fhirOfExam(
    examId: string,
    about: Pick<FhirEcgIdentity, 'subject' | 'performer'>,
    compute: (recording: EcgRecording) => Promise<readonly EcgMeasurement[]>,
  ): Promise<FhirBundle> {
    const found = await this.waveform(examId);
    const recording = await this.recordingOf(found);
    const { sopInstanceUid } = found;
    const uuid = (part: string): string => uuidOf(found, `observation ${part}`);
    const computed = await compute(recording);
    try {
      return writeFhirObservations(recording, { ...about, sopInstanceUid, uuid, zone: DEVICE_ZONE }, computed);
    } catch (error) {
      if (error instanceof EcgFormatError) throw new Refusal('conflict', 'ecg-not-fhir', error.message);
      throw error;
    }
  }

  /** The PDF as it came. @throws Refusal `not-found` / no-ecg */
  async documentOfExam(examId: string): Promise<Buffer> {
    return this.bytesOf(await this.find(examId, ({ format }) => format === 'pdf'));
  }

  private async waveform(examId: string): Promise<InstanceLocation> {
    const found = await this.find(examId, (one) => one.format !== 'dicom' || one.attributes['54000100'] !== undefined);
    if (found.format === 'pdf')
      throw new Refusal('not-found', 'ecg-document', 'This ECG came as a PDF: there is a document, and no waveform.');
    return found;
  }

  private async find(examId: string, wanted: (one: InstanceLocation) => boolean): Promise<InstanceLocation> {
    const fitting = (await this.catalogue.instancesOfExam(examId)).filter(wanted);
    const found = fitting.find(({ format }) => format !== 'pdf') ?? fitting[0];
    if (!found) throw new Refusal('not-found', 'no-ecg', 'This examination holds no such ECG.');
    return found;
  }

  private async recordingOf(found: InstanceLocation): Promise<EcgRecording> {
    if (found.sizeBytes > (isReel(found) ? LARGEST_WHOLE_REEL : LARGEST_WHOLE))
      throw new Refusal(
        'conflict',
        'ecg-too-long',
        `This recording of ${Math.round(found.sizeBytes / 1024 / 1024)} MB is given by stretches only.`,
      );
    const bytes = await this.bytesOf(found);
    return found.format === 'dicom' ? readDicomWaveform(bytes) : readEcg(bytes);
  }

  private async reelOf(found: InstanceLocation): Promise<EcgReel | null> {
    if (!isReel(found)) return null;
    const { objectKey, sizeBytes } = found;
    return openEcgReel(await this.objects.getRange(objectKey, 0, Math.min(REEL_HEAD, sizeBytes)), sizeBytes);
  }

  private bytesOf({ objectKey, sizeBytes }: InstanceLocation): Promise<Buffer> {
    return this.objects.getRange(objectKey, 0, sizeBytes);
  }
}

const isReel = ({ format }: InstanceLocation): boolean => format === 'ishne' || format === 'edf';

/** As much of the wish as there is. */
function within({ fromSeconds, seconds }: EcgStretch, ofSeconds: number): EcgStretch {
  const from = Math.min(fromSeconds, ofSeconds);
  return { fromSeconds: from, seconds: Math.min(seconds, ofSeconds - from) };
}

/** With the person that it is kept under, where its file names none. */
function named(recording: EcgRecording, { attributes }: InstanceLocation): EcgRecording {
  const id = recording.patient.id || text(attributes, '00100020');
  const name = recording.patient.name || personName(attributes, '00100010').display;
  return { ...recording, patient: { ...recording.patient, ...(id ? { id } : {}), ...(name ? { name } : {}) } };
}

/** A UID of the stored content and a role (PS3.5 annex B.2: 2.25 and a 128-bit number). */
function uidOf(found: InstanceLocation, role: string): string {
  return `2.25.${BigInt(`0x${digestOf(found, role)}`)}`;
}

/** The same as a UUID of version 8, whose bits are one's own (RFC 9562). */
function uuidOf(found: InstanceLocation, role: string): string {
  const [, a, b, c, d, e] = /^(.{8})(.{4}).(.{3}).(.{3})(.{12})/.exec(digestOf(found, role)) ?? [];
  return `${a}-${b}-8${c}-8${d}-${e}`;
}

function digestOf({ sopInstanceUid }: InstanceLocation, role: string): string {
  return createHash('sha256').update(`${role} ${sopInstanceUid}`).digest('hex').slice(0, 32);
}
