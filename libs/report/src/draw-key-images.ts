import { Injectable } from '@nestjs/common';
import { ReadFrames, type InstanceLocation } from '#libs/catalogue';
import { decimals, integer, text } from '#libs/formats/dicom';
import { renderToRgb8, type RenderOptions } from '#libs/formats/rendering';
import type { ReportImage } from '#libs/formats/report-pdf';
import { PixelCodec } from '#libs/ports';
import type { KeyImage } from '#libs/reading';

const LONGEST_EDGE = 900;
const DEFLATED = '1.2.840.10008.1.2.1.99';
const EXPLICIT_LITTLE = '1.2.840.10008.1.2.1';

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
    const whole = (tag: string, fallback: number) => integer(attributes, tag) ?? fallback;
    const rows = whole('00280010', 0);
    const columns = whole('00280011', 0);
    const bitsAllocated = whole('00280100', 16);
    const bitsStored = whole('00280101', bitsAllocated);
    const decoded = await this.codec.decode(await this.frames.frame(instance, frame), {
      transferSyntaxUid: instance.transferSyntaxUid === DEFLATED ? EXPLICIT_LITTLE : instance.transferSyntaxUid,
      rows,
      columns,
      samplesPerPixel: whole('00280002', 1),
      bitsAllocated,
      bitsStored,
      highBit: whole('00280102', bitsStored - 1),
      pixelRepresentation: whole('00280103', 0) === 1 ? 1 : 0,
      photometricInterpretation: text(attributes, '00280004') ?? 'MONOCHROME2',
      planarConfiguration: whole('00280006', 0) === 1 ? 1 : 0,
    });
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
    const jpeg = await this.codec.encodeJpeg(renderToRgb8(decoded, { rows, columns, bitsStored }, options), {
      quality: 88,
    });
    const series = text(attributes, '00200011');
    const number = text(attributes, '00200013');
    return { jpeg, caption: `序列 ${series ?? '–'}  图像 ${number ?? '–'}${frame > 1 ? `  帧 ${frame}` : ''}` };
  }
}
