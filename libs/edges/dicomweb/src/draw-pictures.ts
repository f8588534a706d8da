import { Injectable } from '@nestjs/common';
import { ReadBulkData, ReadFrames, RenderInstance, type BulkValue, type InstanceLocation } from '#libs/catalogue';
import { isVideo, text } from '#libs/formats/dicom';
import { encodePng } from '#libs/formats/rendering';
import { Refusal } from '#libs/kernel';
import { PixelCodec } from '#libs/ports';
import type { AnswerPart } from './multipart-answer.js';
import { claimedType } from './claimed-type.js';
import type { RenderParameters } from './render-parameters.js';

export type PictureType = 'image/jpeg' | 'image/png';

const DOCUMENT = '00420011';

/** Pictures of instances as JPEG or PNG, and documents as what they are. */
@Injectable()
export class DrawPictures {
  constructor(
    private readonly renderInstance: RenderInstance,
    private readonly readFrames: ReadFrames,
    private readonly readBulkData: ReadBulkData,
    private readonly codec: PixelCodec,
  ) {}

  /** The instance that stands for several: the middle one of those with images. */
  standingFor(instances: readonly InstanceLocation[]): InstanceLocation {
    const drawable = instances.filter((one) => one.pixelData !== null && !isVideo(one.transferSyntaxUid));
    return drawable[drawable.length >> 1] ?? instances[0]!;
  }

  /** Media type of an encapsulated document (PS3.3 A.45), undefined for anything else. */
  documentType({ attributes }: InstanceLocation): string | undefined {
    if (attributes[DOCUMENT]?.BulkDataURI === undefined) return undefined;
    return claimedType(text(attributes, '00420012'));
  }

  document(instance: InstanceLocation): Promise<BulkValue> {
    return this.readBulkData.value(instance, DOCUMENT);
  }

  async one(
    instance: InstanceLocation,
    frame: number | undefined,
    type: PictureType,
    { wish, quality, warnings }: RenderParameters,
  ): Promise<{ bytes: Buffer; warnings: readonly string[] }> {
    if (isVideo(instance.transferSyntaxUid))
      throw new Refusal(
        'conflict',
        'not-renderable',
        'Video is not drawn here; its stream is given as the first frame, as stored.',
      );
    const number = frame ?? this.renderInstance.representative(instance);
    const drawn = await this.renderInstance.picture(instance, number, wish);
    const bytes =
      type === 'image/png'
        ? encodePng(drawn.image)
        : Buffer.from(await this.codec.encodeJpeg(drawn.image, { quality }));
    return { bytes, warnings: [...warnings, ...drawn.warnings] };
  }

  async *all(
    instances: readonly InstanceLocation[],
    frames: readonly number[] | undefined,
    type: PictureType,
    parameters: RenderParameters,
  ): AsyncGenerator<AnswerPart> {
    for (const instance of instances) {
      if (instance.pixelData === null || isVideo(instance.transferSyntaxUid)) continue;
      const count = this.readFrames.count(instance);
      const numbers = frames ?? Array.from({ length: count }, (_, index) => index + 1);
      for (const number of numbers) {
        const { bytes } = await this.one(instance, number, type, parameters);
        yield {
          headers: { 'Content-Type': type },
          size: bytes.length,
          async *stream() {
            yield bytes;
          },
        };
      }
    }
  }
}
