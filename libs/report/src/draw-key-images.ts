import { Injectable } from '@nestjs/common';
import { ReadFrames, type InstanceLocation } from '#libs/catalogue';
import { decimals, text } from '#libs/formats/dicom';
import { renderToRgb8, type RenderOptions } from '#libs/formats/rendering';
import type { ReportImage } from '#libs/formats/report-pdf';
import { PixelCodec } from '#libs/ports';
import type { KeyImage } from '#libs/reading';

const LONGEST_EDGE = 900;

/** Images of choice for the printed page, drawn from the stored pixels at the file's own first window. */
@Injectable()
export class DrawKeyImages {
  constructor(
    private readonly frames: ReadFrames,
    private readonly codec: PixelCodec,
  ) {}

  async draw(instances: readonly InstanceLocation[], chosen: readonly KeyImage[]): Promise<ReportImage[]> {
    const drawn: ReportImage[] = [];
    for (const image of chosen) {
      const instance = instances.find((one) => one.sopInstanceUid === image.sopInstanceUid);
      if (instance) drawn.push(await this.one(instance, image.frame));
    }
    return drawn;
  }

  private async one(instance: InstanceLocation, frame: number): Promise<ReportImage> {
    const { attributes } = instance;
    const { frame: decoded, pixels } = await this.frames.decoded(instance, frame);
    const first = (tag: string) => decimals(attributes, tag)?.[0] ?? null;
    const spacing = decimals(attributes, '00280030');
    const options: RenderOptions = {
      windowCenter: first('00281050'),
      windowWidth: first('00281051'),
      rescaleSlope: first('00281053'),
      rescaleIntercept: first('00281052'),
      pixelAspect: spacing?.[0] && spacing[1] ? spacing[0] / spacing[1] : null,
      maxEdge: LONGEST_EDGE,
    };
    const jpeg = await this.codec.encodeJpeg(renderToRgb8(decoded, pixels, options), {
      quality: 88,
    });
    const series = text(attributes, '00200011');
    const number = text(attributes, '00200013');
    return { jpeg, caption: `序列 ${series ?? '–'}  图像 ${number ?? '–'}${frame > 1 ? `  帧 ${frame}` : ''}` };
  }
}
