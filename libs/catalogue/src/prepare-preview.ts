import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { isVideo } from '#libs/formats/dicom';
import { fitWithin, resampleByArea, type RenderedImage } from '#libs/formats/rendering';
import { Refusal } from '#libs/kernel';
import { ObjectStore, PixelCodec } from '#libs/ports';
import type { InstanceLocation } from './catalogue.repository.js';
import { FirstPictureRepository } from './first-picture.repository.js';
import { RenderInstance } from './render-instance.js';

/** What a poor line carries in an eighth of a second. */
const MOST_BYTES = 32 * 1024;
const EDGES = [512, 384, 256, 128];
const QUALITIES = [85, 55, 30];

/** A small JPEG of one frame at its own window, to be shown until the image itself is there; marked as a preview by who shows it. */
@Injectable()
export class PreparePreview {
  constructor(
    private readonly firstPictures: FirstPictureRepository,
    private readonly renderInstance: RenderInstance,
    private readonly codec: PixelCodec,
    private readonly objects: ObjectStore,
  ) {}

  /** Baseline JPEG of at most 32 kB and 512 pixels on its longer side. Refusals as `RenderInstance.picture`. */
  async draw(instance: InstanceLocation, frame: number): Promise<Buffer> {
    if (isVideo(instance.transferSyntaxUid)) throw new Refusal('conflict', 'not-renderable', 'Video has no preview.');
    const image = await this.picture(instance, frame);
    let largest = Infinity;
    for (const edge of EDGES) {
      if (edge > largest) continue;
      const small = shrunk(image, edge);
      for (const quality of QUALITIES) {
        const bytes = Buffer.from(await this.codec.encodeJpeg(small, { quality }));
        if (bytes.length <= MOST_BYTES) return bytes;
        // Far too large: less detail helps, and coarser quality does not. Size goes with area.
        largest = edge * Math.sqrt((2 * MOST_BYTES) / bytes.length);
        if (largest < edge) break;
      }
    }
    throw new Refusal('conflict', 'not-renderable', 'The picture cannot be made small enough for a preview.');
  }

  private async picture(instance: InstanceLocation, frame: number): Promise<RenderedImage> {
    try {
      return (await this.renderInstance.picture(instance, frame, {})).image;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new Refusal('conflict', 'not-renderable', `The image cannot be drawn: ${error.message}.`);
    }
  }

  /** Puts it into the store, and has it served from now on, unless the examination has moved on since this version was read. */
  async keep(
    { examId, version }: { examId: string; version: number },
    seriesId: string,
    shown: { sopInstanceUid: string; frame: number },
    bytes: Buffer,
  ): Promise<void> {
    const key = `series-previews/${seriesId}/${createHash('sha256').update(bytes).digest('hex')}`;
    await this.objects.putBytes(key, bytes);
    const preview = { ...shown, key, size: bytes.length };
    // The key holds the series and the digest of the content: what lost its row is used by nobody else.
    for (const old of await this.firstPictures.keepPreview(examId, version, seriesId, preview))
      await this.objects.remove(old);
  }
}

function shrunk(image: RenderedImage, edge: number): RenderedImage {
  const { width, height } = fitWithin(image.width, image.height, 1, edge);
  const data = resampleByArea(image.data, image.width, image.height, image.channels, width, height);
  return { width, height, channels: image.channels, data };
}
