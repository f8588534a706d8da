import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import { Refusal } from '#libs/kernel';
import { ObjectNotFound, ObjectStore } from '#libs/ports';
import { unpackInstance, type StudyManifest } from './domain/study-manifest.js';
import type { InstanceLocation } from './catalogue.repository.js';
import { FirstPictureRepository, type PreparedExam } from './first-picture.repository.js';
import { PreparePreview } from './prepare-preview.js';
import { PrepareStudyManifest } from './prepare-study-manifest.js';

const inflate = promisify<Buffer, Buffer>(gunzip);
/** Manifests and previews of examinations that are still arriving, by version: those asking meanwhile wait for the one being made. */
const REMEMBERED = 32;

/** A preview, and which frame it shows. */
export interface PreviewPicture {
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
  /** from 1 */
  readonly frame: number;
  /** of the bytes, SHA-256 in hex */
  readonly digest: string;
  /** baseline JPEG */
  readonly jpeg: Buffer;
}

/** What the first picture of an examination needs: of a settled one as prepared, of one that is arriving as it is now. */
@Injectable()
export class ReadFirstPicture {
  private readonly manifests = new Remembered<StudyManifest>(REMEMBERED);
  private readonly previews = new Remembered<Buffer>(REMEMBERED);

  constructor(
    private readonly firstPictures: FirstPictureRepository,
    private readonly prepareStudyManifest: PrepareStudyManifest,
    private readonly preparePreview: PreparePreview,
    private readonly objects: ObjectStore,
  ) {}

  /** @throws Refusal `not-found` / exam-not-found; `conflict` / study-too-large */
  async manifest(examId: string): Promise<StudyManifest> {
    return (await this.current(examId)).manifest;
  }

  /**
   * The preview of a series, or, where none is named, of the first one that holds pictures.
   * @throws Refusal `not-found` / exam-not-found, no-picture; as `manifest`; as `RenderInstance.picture`
   */
  async preview(examId: string, seriesInstanceUid: string | null): Promise<PreviewPicture> {
    const { exam, manifest } = await this.current(examId);
    const found = firstOf(manifest, seriesInstanceUid);
    const series = await this.firstPictures.series(examId, found.seriesInstanceUid);
    const { preview } = series ?? { preview: null };
    // The row may be older or newer than the manifest for a moment: it says itself what it shows.
    if (preview) {
      const { objectKey, sizeBytes, sopInstanceUid, frame } = preview;
      const jpeg = await this.stored(objectKey, sizeBytes);
      if (jpeg) return picture({ ...found, sopInstanceUid, frame }, jpeg);
    }
    const instance = await this.instance(examId, found.sopInstanceUid);
    const jpeg = await this.previews.get(`${instance.digest} ${found.frame}`, () =>
      this.preparePreview.draw(instance, found.frame),
    );
    if (exam.settled && series)
      await this.preparePreview.keep({ examId, version: exam.version }, series.seriesId, found, jpeg);
    return picture(found, jpeg);
  }

  /** The instance and frame that stand for a series, as `preview` shows them. Refusals as there. */
  async first(
    examId: string,
    seriesInstanceUid: string | null,
  ): Promise<{ instance: InstanceLocation; frame: number }> {
    const { manifest } = await this.current(examId);
    const { sopInstanceUid, frame } = firstOf(manifest, seriesInstanceUid);
    return { instance: await this.instance(examId, sopInstanceUid), frame };
  }

  private async instance(examId: string, sopInstanceUid: string): Promise<InstanceLocation> {
    const instance = await this.firstPictures.instance(examId, sopInstanceUid);
    if (!instance) throw new Refusal('not-found', 'no-picture', 'The picture is no longer there.');
    return instance;
  }

  private async current(examId: string): Promise<{ exam: PreparedExam; manifest: StudyManifest }> {
    const exam = await this.firstPictures.exam(examId);
    if (!exam) throw new Refusal('not-found', 'exam-not-found', 'There is no such examination.');
    if (exam.settled && exam.objectKey !== null && exam.sizeBytes !== null) {
      const bytes = await this.stored(exam.objectKey, exam.sizeBytes);
      if (bytes) return { exam, manifest: JSON.parse((await inflate(bytes)).toString()) as StudyManifest };
    }
    const key = `${examId} ${exam.version}`;
    const manifest = await this.manifests.get(key, async () => {
      const packed = await this.prepareStudyManifest.pack(examId, exam.studyInstanceUid);
      if (exam.settled) await this.prepareStudyManifest.keep({ examId, version: exam.version }, packed);
      return packed;
    });
    // The store has it now; should it be lost there, it is made again.
    if (exam.settled) this.manifests.forget(key);
    return { exam, manifest };
  }

  private async stored(key: string, size: number): Promise<Buffer | undefined> {
    try {
      return await this.objects.getRange(key, 0, size);
    } catch (error) {
      if (error instanceof ObjectNotFound) return undefined;
      throw error;
    }
  }
}

/** What a manifest says is to be shown first. @throws Refusal `not-found` / no-picture */
export function firstOf(
  manifest: StudyManifest,
  seriesInstanceUid: string | null,
): { seriesInstanceUid: string; sopInstanceUid: string; frame: number } {
  const series = manifest.series.find((one) =>
    seriesInstanceUid === null ? one.first !== null : one.seriesInstanceUid === seriesInstanceUid,
  );
  if (!series?.first) throw new Refusal('not-found', 'no-picture', 'There is no picture here.');
  const { image, frame } = series.first;
  return {
    seriesInstanceUid: series.seriesInstanceUid,
    sopInstanceUid: unpackInstance(series, image).sopInstanceUid,
    frame,
  };
}

function picture(
  { seriesInstanceUid, sopInstanceUid, frame }: { seriesInstanceUid: string; sopInstanceUid: string; frame: number },
  jpeg: Buffer,
): PreviewPicture {
  const digest = createHash('sha256').update(jpeg).digest('hex');
  return { seriesInstanceUid, sopInstanceUid, frame, digest, jpeg };
}

/** The last few things made; whoever asks for one that is being made waits for it. What failed is forgotten. */
class Remembered<T> {
  private readonly made = new Map<string, Promise<T>>();

  constructor(private readonly most: number) {}

  get(key: string, make: () => Promise<T>): Promise<T> {
    const known = this.made.get(key);
    if (known) return known;
    const making = make();
    this.made.set(key, making);
    making.catch(() => this.made.delete(key));
    if (this.made.size > this.most) this.made.delete(this.made.keys().next().value!);
    return making;
  }

  forget(key: string): void {
    this.made.delete(key);
  }
}
