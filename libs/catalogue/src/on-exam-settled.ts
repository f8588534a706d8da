import { Injectable } from '@nestjs/common';
import { Refusal } from '#libs/kernel';
import { Reaction, type OutboxEvent } from '#libs/persistence';
import { ObjectNotFound } from '#libs/ports';
import { EXAM_SETTLED } from './domain/exam.events.js';
import { CompressFrames } from './compress-frames.js';
import { MeasureEcg } from './measure-ecg.js';
import { firstOf } from './read-first-picture.js';
import { FirstPictureRepository } from './first-picture.repository.js';
import { PreparePreview } from './prepare-preview.js';
import { PrepareSeriesMetadata } from './prepare-series-metadata.js';
import { PrepareStudyManifest } from './prepare-study-manifest.js';
import { RetrievalRepository } from './retrieval.repository.js';

/** Addresses that answers are prepared for; seldom more than one or two. */
const BASES = 3;

/**
 * A settled examination gets its manifest, a preview of each series of pictures, and its series' metadata prepared, these for every address
 * that callers lately used. Its frames are noted for compression, and its ECGs to be measured, which come later.
 */
@Injectable()
export class OnExamSettled extends Reaction {
  readonly event = EXAM_SETTLED;
  readonly name = 'catalogue.on-exam-settled';

  constructor(
    private readonly retrieval: RetrievalRepository,
    private readonly prepareSeriesMetadata: PrepareSeriesMetadata,
    private readonly firstPictures: FirstPictureRepository,
    private readonly prepareStudyManifest: PrepareStudyManifest,
    private readonly preparePreview: PreparePreview,
    private readonly compressFrames: CompressFrames,
    private readonly measureEcg: MeasureEcg,
  ) {
    super();
  }

  async handle(events: readonly OutboxEvent[]): Promise<void> {
    const bases = await this.retrieval.bases(BASES);
    for (const examId of new Set(events.map((event) => String(event.payload['examId'])))) {
      const keepPicture = await this.firstPicture(examId);
      const ready = [];
      for (const series of await this.retrieval.seriesOfExam(examId)) {
        for (const base of bases) {
          const built = await this.prepareSeriesMetadata.build(series.seriesId, base);
          ready.push({ series: { ...series, examId }, base, built });
        }
      }
      // Keeping locks the examination until the transaction ends, so it comes last.
      await keepPicture();
      for (const { series, base, built } of ready) await this.prepareSeriesMetadata.keep(series, base, built);
      await this.compressFrames.expect(examId);
      await this.measureEcg.expect(examId);
    }
  }

  /** Makes the manifest and the previews; what is returned has them served. */
  private async firstPicture(examId: string): Promise<() => Promise<void>> {
    const exam = await this.firstPictures.exam(examId);
    if (!exam?.settled) return async () => undefined;
    const at = { examId, version: exam.version };
    const keep: (() => Promise<void>)[] = [];
    const prepare = async (make: () => Promise<void>): Promise<void> => {
      try {
        await make();
      } catch (error) {
        // What cannot be drawn has no preview; who opens it is told why.
        const never = error instanceof Refusal ? error.kind !== 'unavailable' : error instanceof ObjectNotFound;
        if (!never) throw error;
      }
    };
    await prepare(async () => {
      const manifest = await this.prepareStudyManifest.pack(examId, exam.studyInstanceUid);
      keep.push(() => this.prepareStudyManifest.keep(at, manifest));
      for (const { seriesInstanceUid, first } of manifest.series) {
        if (first === null) continue;
        await prepare(async () => {
          const shown = firstOf(manifest, seriesInstanceUid);
          const series = await this.firstPictures.series(examId, seriesInstanceUid);
          const instance = await this.firstPictures.instance(examId, shown.sopInstanceUid);
          if (!series || !instance) return;
          const jpeg = await this.preparePreview.draw(instance, shown.frame);
          keep.push(() => this.preparePreview.keep(at, series.seriesId, shown, jpeg));
        });
      }
    });
    return async () => {
      for (const each of keep) await each();
    };
  }
}
