import type { ImageQuality, QualityVerdict } from './domain/image-quality.js';

export abstract class ImageQualityRepository {
  /** The caller holds the read's lock. */
  abstract add(quality: {
    id: string;
    readId: string;
    verdict: QualityVerdict;
    reasons: readonly string[];
    note: string | null;
    givenBy: string;
  }): Promise<void>;
  /** All that was said of these reads' images, the last first. */
  abstract of(readIds: readonly string[]): Promise<ImageQuality[]>;
}
