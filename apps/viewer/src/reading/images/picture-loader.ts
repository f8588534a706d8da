import * as core from '@cornerstonejs/core';
import * as loader from '@cornerstonejs/dicom-image-loader';
import { octets, type DicomJson } from '../../api/dicom-web.js';
import { forgetVideos, videoFrame } from '../videos/video-source.js';
import { CannotDraw, drawingOf, isDct, sampleBytes, type StoredSamples } from './drawing.js';
import { frameOf } from './frame-registry.js';
import { lookedUp, type LookupTable } from './lookup-tables.js';

const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
type Loaded = ReturnType<core.Types.ImageLoaderFn>;

const lossy = new Set<string>();
/** Whether the frame that has been loaded is a lossy one, though its file does not say so. */
export const isLossyInTruth = (imageId: string): boolean => lossy.has(imageId);
export function forgetLoaded(): void {
  lossy.clear();
  forgetVideos();
}

/** Stands before the loader of frames by DICOMweb, after `loader.init`. */
export function registerPictureLoader(): void {
  const byLoader = loader.wadors.loadImage as unknown as core.Types.ImageLoaderFn;
  core.registerImageLoader('wadors', (imageId, options): Loaded => {
    const frame = frameOf(imageId);
    if (!frame) return byLoader(imageId, options);
    const { drawing, modalityLut, voiLut } = frame;
    if (drawing.by === 'nobody') return { promise: Promise.reject(new CannotDraw(drawing.why)) } as Loaded;
    if (drawing.by === 'player') {
      const decoded = videoFrame(imageId, drawing.stream).then((rgb) => imageOf(imageId, rgb, options));
      return { promise: decoded } as Loaded;
    }
    const made: Loaded =
      drawing.by === 'server'
        ? ({ promise: fromServer(imageId, drawing.samples, options) } as Loaded)
        : checked(byLoader(imageId, options), options);
    return {
      ...made,
      promise: (made.promise as unknown as Promise<core.Types.IImage>).then((image) =>
        asWindowed(modalityLut ? throughTable(image, modalityLut) : image, voiLut),
      ),
    } as Loaded;
  });
}

/** The server names a stored frame for what it is; where that is not what its file says, it is judged anew who decodes it. */
function checked(loading: Loaded, options?: Record<string, unknown>): Loaded {
  const promise = (loading.promise as unknown as Promise<core.Types.IImage & { transferSyntaxUID?: string }>).then(
    (image) => {
      const { imageId, transferSyntaxUID } = image;
      if (!transferSyntaxUID) return image;
      if (isDct(transferSyntaxUID)) lossy.add(imageId);
      const dataset = loader.wadors.metaDataManager.get(imageId) as unknown as DicomJson | undefined;
      const drawing = dataset && drawingOf(dataset, transferSyntaxUID);
      return drawing?.by === 'server' ? fromServer(imageId, drawing.samples, options) : image;
    },
  );
  return { ...loading, promise } as Loaded;
}

async function fromServer(
  imageId: string,
  samples: StoredSamples,
  options?: Record<string, unknown>,
): Promise<core.Types.IImage> {
  const bytes = await octets(new URL(imageId.slice('wadors:'.length)).pathname);
  return imageOf(imageId, sampleBytes(bytes, samples), options);
}

async function imageOf(
  imageId: string,
  samples: Uint8Array<ArrayBuffer>,
  options?: Record<string, unknown>,
): Promise<core.Types.IImage> {
  const image = await loader.createImage(imageId, samples, EXPLICIT_LITTLE_ENDIAN, { ...options });
  return image as unknown as core.Types.IImage;
}

/** The window of the image: from the first to the last value of its VOI LUT, where it has one, else by the function that its file names. */
function asWindowed(image: core.Types.IImage, voiLut: LookupTable | null): core.Types.IImage {
  // The loader takes the function's first letter for its name, and the viewport then fails.
  const { voiLUTFunction } = (core.metaData.get('voiLutModule', image.imageId) ?? {}) as { voiLUTFunction?: string };
  image.voiLUTFunction =
    Object.values(core.Enums.VOILUTFunctionType).find((known) => known === voiLUTFunction) ??
    core.Enums.VOILUTFunctionType.LINEAR;
  if (!voiLut) return image;
  const { first, entries, bits } = voiLut;
  const voiLUT = { firstValueMapped: first, numBitsPerEntry: bits, lut: Array.from(entries) };
  return Object.assign(image, core.utilities.windowLevel.toWindowLevel(first, first + entries.length - 1), { voiLUT });
}

/** A Modality LUT, which the loader leaves out. */
function throughTable(image: core.Types.IImage, table: LookupTable): core.Types.IImage {
  const before = image.voxelManager?.getScalarData() ?? image.getPixelData();
  const after = Float32Array.from(before, (value) => lookedUp(table, value));
  const [least, greatest] = after.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ] as [number, number]);
  const own = core.metaData.get('voiLutModule', image.imageId) as { windowCenter?: number[] } | undefined;
  const window = core.utilities.windowLevel.toWindowLevel(least, greatest);
  return Object.assign(image, {
    dataType: 'Float32Array',
    sizeInBytes: after.byteLength,
    minPixelValue: least,
    maxPixelValue: greatest,
    ...(own?.windowCenter ? {} : window),
    voxelManager: core.utilities.VoxelManager.createImageVoxelManager({
      scalarData: after,
      width: image.columns,
      height: image.rows,
      numberOfComponents: 1,
    }),
    getPixelData: () => after,
  });
}
