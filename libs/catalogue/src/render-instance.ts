import { Injectable } from '@nestjs/common';
import { decimals, sequence, type DicomJson, type DicomJsonElement } from '#libs/formats/dicom';
import { readTrueType } from '#libs/formats/report-pdf';
import {
  cutRegion,
  drawText,
  fitViewport,
  packPicture,
  renderToRgb8,
  squarePixels,
  textWidth,
  type GlyphFont,
  type LookupTable,
  type Palette,
  type Region,
  type RenderOptions,
  type RenderedImage,
  type VoiFunction,
} from '#libs/formats/rendering';
import { Refusal } from '#libs/kernel';
import type { DecodedFrame } from '#libs/ports';
import type { InstanceLocation } from './catalogue.repository.js';
import { patientLines, techniqueLines } from './domain/annotation-lines.js';
import { framePresentation } from './domain/frame-presentation.js';
import { framePixels, type FramePixels } from './domain/pixel-description.js';
import { ReadBulkData } from './read-bulk-data.js';
import { ReadFrames } from './read-frames.js';

/** The font for text in pictures; read once at start by whoever composes the application. */
export class AnnotationFont {
  private font: GlyphFont | undefined;
  constructor(private readonly bytes: Uint8Array) {}

  get glyphs(): GlyphFont {
    this.font ??= readTrueType(this.bytes);
    return this.font;
  }
}

/** How a frame is to be shown (PS3.18 8.3.5.1). */
export interface RenderWish {
  /** In modality units; the file's own where none is wished. */
  readonly window?: { readonly center: number; readonly width: number; readonly voiFunction: VoiFunction };
  readonly viewport?: { readonly width: number; readonly height: number; readonly region?: ViewportRegion };
  readonly annotations?: ReadonlySet<'patient' | 'technique'>;
}

/** In pixels of the stored image. Left out: from the upper left corner, to the lower right. Negative sizes flip. */
export interface ViewportRegion {
  readonly left?: number | undefined;
  readonly top?: number | undefined;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

/** Text under so many pixels cannot be read, and hides the picture. */
const LEAST_EDGE = 200;
/** Pixels; more would hold up the others who ask, and a poor line for half a minute. */
const MOST_PACKED = 4 * 1024 * 1024;

/** One frame as a picture of 8 bits: decompressed, windowed, cut, scaled and annotated as wished. */
@Injectable()
export class RenderInstance {
  constructor(
    private readonly frames: ReadFrames,
    private readonly bulkData: ReadBulkData,
    private readonly font: AnnotationFont,
  ) {}

  /** The frame that stands for an instance: RepresentativeFrameNumber (0028,6010), else the first. */
  representative(instance: InstanceLocation): number {
    const named = decimals(instance.attributes, '00286010')[0] ?? 1;
    return named >= 1 && named <= this.frames.count(instance) ? named : 1;
  }

  /**
   * @throws Refusal `conflict` / not-renderable (no image, or colours that cannot be told), pixels-unreadable; `invalid` / bad-viewport;
   *   `not-found` / frame-not-found
   */
  async picture(
    instance: InstanceLocation,
    frame: number,
    wish: RenderWish,
  ): Promise<{ image: RenderedImage; warnings: string[] }> {
    const { decoded, pixels, options } = await this.prepared(instance, frame, wish.window);
    const drawn = renderToRgb8(decoded, pixels, { ...options, pixelAspect: 1 });
    const image = this.framed(drawn, wish, options.pixelAspect ?? 1);
    return { image, warnings: this.annotate(image, instance.attributes, wish, windowShown(options)) };
  }

  /**
   * The same frame at its own window with every stored bit, as `packPicture` packs it with `about`.
   * @throws Refusal as `picture`; `conflict` / picture-too-large: more than {@link MOST_PACKED} pixels
   */
  async packed(instance: InstanceLocation, frame: number, about: Readonly<Record<string, unknown>>): Promise<Buffer> {
    const { rows, columns } = framePixels(instance);
    if (rows * columns > MOST_PACKED)
      throw new Refusal('conflict', 'picture-too-large', 'The picture is too large to be packed.');
    const { decoded, pixels, options } = await this.prepared(instance, frame);
    try {
      return packPicture(decoded, pixels, options, { ...about, window: windowShown(options) });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new Refusal('conflict', 'not-renderable', `The image cannot be packed: ${error.message}.`);
    }
  }

  private async prepared(
    instance: InstanceLocation,
    frame: number,
    window?: RenderWish['window'],
  ): Promise<{ decoded: DecodedFrame; pixels: FramePixels; options: RenderOptions }> {
    if (instance.pixelData === null)
      throw new Refusal('conflict', 'not-renderable', 'This instance holds no image that could be drawn.');
    const { frame: decoded, pixels } = await this.frames.decoded(instance, frame);
    const own = framePresentation(instance.attributes, frame);
    const palette = decoded.photometricInterpretation === 'PALETTE COLOR';
    if (palette || pixels.samplesPerPixel > 1) {
      const { pixelAspect } = own;
      return { decoded, pixels, options: { pixelAspect, palette: palette ? await this.palette(instance) : null } };
    }
    const options = {
      ...own,
      ...(window
        ? { windowCenter: window.center, windowWidth: window.width, voiLutFunction: window.voiFunction }
        : { voiLut: await this.lookupTable(instance, '00283010') }),
      modalityLut: await this.lookupTable(instance, '00283000'),
    };
    return { decoded, pixels, options };
  }

  private framed(image: RenderedImage, { viewport }: RenderWish, pixelAspect: number): RenderedImage {
    const square = (part: RenderedImage) => (pixelAspect === 1 ? part : squarePixels(part, pixelAspect));
    if (!viewport) return square(image);
    let part = image;
    if (viewport.region) {
      try {
        part = cutRegion(image, regionOf(viewport.region, image));
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        throw new Refusal('invalid', 'bad-viewport', `The viewport's region does not fit: ${error.message}.`);
      }
    }
    return fitViewport(square(part), viewport.width, viewport.height);
  }

  private annotate(
    image: RenderedImage,
    attributes: DicomJson,
    { annotations }: RenderWish,
    window: { center: number; width: number } | null,
  ): string[] {
    if (!annotations || annotations.size === 0) return [];
    if (Math.min(image.width, image.height) < LEAST_EDGE)
      return [`The picture is too small for annotations; ${LEAST_EDGE} pixels are needed.`];
    const size = Math.max(12, Math.round(image.height / 36));
    const margin = Math.round(size / 2);
    const { glyphs } = this.font;
    if (annotations.has('patient')) {
      for (const [index, line] of patientLines(attributes).entries())
        drawText(image, glyphs, line, { left: margin, top: margin + index * size * 1.25, size });
    }
    if (annotations.has('technique')) {
      for (const [index, line] of techniqueLines(attributes, window).entries()) {
        const left = image.width - margin - textWidth(glyphs, line, size);
        drawText(image, glyphs, line, { left: Math.max(0, left), top: margin + index * size * 1.25, size });
      }
    }
    return [];
  }

  private async lookupTable(instance: InstanceLocation, sequenceTag: string): Promise<LookupTable | null> {
    const item = sequence(instance.attributes, sequenceTag)[0];
    return item ? this.table(instance, item, '00283002', '00283006', `${sequenceTag}/0/`) : null;
  }

  private async palette(instance: InstanceLocation): Promise<Palette> {
    const [red, green, blue] = await Promise.all(
      ['1', '2', '3'].map((colour) =>
        this.table(instance, instance.attributes, `0028110${colour}`, `0028120${colour}`, ''),
      ),
    );
    if (!red || !green || !blue)
      throw new Refusal('conflict', 'not-renderable', 'The palette is missing, or of a kind that is not read here.');
    return { red, green, blue };
  }

  /** A table by its descriptor (number of entries with 0 for 65,536, first value, bits) and data. */
  private async table(
    instance: InstanceLocation,
    from: DicomJson,
    descriptorTag: string,
    dataTag: string,
    path: string,
  ): Promise<LookupTable | null> {
    const [count, firstMapped, bits] = decimals(from, descriptorTag);
    const element = from[dataTag];
    if (count === undefined || firstMapped === undefined || bits === undefined || !element) return null;
    const entries = count === 0 ? 65_536 : count;
    const data = await this.words(instance, element, `${path}${dataTag}`, entries);
    return data.length === 0 ? null : { firstMapped, entries: data, bits };
  }

  private async words(
    instance: InstanceLocation,
    element: DicomJsonElement,
    path: string,
    entries: number,
  ): Promise<ArrayLike<number>> {
    if (element.Value) return element.Value.map(Number);
    const pieces: Buffer[] = [];
    if (element.InlineBinary !== undefined) pieces.push(Buffer.from(element.InlineBinary, 'base64'));
    else for await (const piece of (await this.bulkData.value(instance, path)).stream()) pieces.push(piece);
    const bytes = Buffer.concat(pieces);
    if (bytes.length < entries * 2) return bytes;
    return Array.from({ length: bytes.length >> 1 }, (_, index) => bytes.readUInt16LE(2 * index));
  }
}

/** The window that a grey picture is shown at, where it is shown at one. */
function windowShown({ windowCenter, windowWidth }: RenderOptions): { center: number; width: number } | null {
  return windowCenter != null && windowWidth != null ? { center: windowCenter, width: windowWidth } : null;
}

function regionOf(wish: ViewportRegion, image: RenderedImage): Region {
  const left = wish.left ?? 0;
  const top = wish.top ?? 0;
  const width = wish.width ?? image.width - left;
  const height = wish.height ?? image.height - top;
  return {
    left,
    top,
    width: Math.abs(width),
    height: Math.abs(height),
    flipHorizontally: width < 0,
    flipVertically: height < 0,
  };
}
