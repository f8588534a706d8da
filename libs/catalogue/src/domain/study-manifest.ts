import { decimals, integer, type DicomJson, type DicomJsonElement, type DicomJsonValue } from '#libs/formats/dicom';

/**
 * Attributes (tags) that a viewer needs to name, order, place, window and measure an image before it has the whole metadata. Times are
 * left out: they differ from image to image and cost more than all others together.
 */
export const MANIFEST_TAGS = [
  '00080008', // ImageType
  '00080016', // SOPClassUID
  '00083002', // AvailableTransferSyntaxUID
  '00180015', // BodyPartExamined
  '00180050', // SliceThickness
  '00180088', // SpacingBetweenSlices
  '00181164', // ImagerPixelSpacing
  '00185100', // PatientPosition
  '00185101', // ViewPosition
  '00186011', // SequenceOfUltrasoundRegions
  '00200013', // InstanceNumber
  '00200020', // PatientOrientation
  '00200032', // ImagePositionPatient
  '00200037', // ImageOrientationPatient
  '00200052', // FrameOfReferenceUID
  '00200060', // Laterality
  '00200062', // ImageLaterality
  '00280002', // SamplesPerPixel
  '00280004', // PhotometricInterpretation
  '00280006', // PlanarConfiguration
  '00280008', // NumberOfFrames
  '00280010', // Rows
  '00280011', // Columns
  '00280030', // PixelSpacing
  '00280034', // PixelAspectRatio
  '00280100', // BitsAllocated
  '00280101', // BitsStored
  '00280102', // HighBit
  '00280103', // PixelRepresentation
  '00280120', // PixelPaddingValue
  '00281050', // WindowCenter
  '00281051', // WindowWidth
  '00281052', // RescaleIntercept
  '00281053', // RescaleSlope
  '00281054', // RescaleType
  '00281055', // WindowCenterWidthExplanation
  '00281056', // VOILUTFunction
  '00282110', // LossyImageCompression
  '00286010', // RepresentativeFrameNumber
  '20500020', // PresentationLUTShape
] as const;

/**
 * Where an image has one of these, more than the manifest says is needed to show it right: shutters, palettes, look-up tables,
 * functional groups, overlays.
 */
export const MORE_TAGS = [
  '00181600',
  '00281101',
  '00281199',
  '00283000',
  '00283010',
  '52009229',
  '52009230',
  '60000010',
  '60020010',
] as const;

/** Modalities that are papers or drawings about images, not images. */
const NOT_PICTURES = new Set(['SR', 'KO', 'PR', 'DOC', 'SEG', 'RTSTRUCT', 'RTPLAN', 'REG', 'ECG', 'HD', 'AU']);

/** An instance as a manifest is made of it; `attributes` holds MANIFEST_TAGS only. */
export interface ManifestInstance {
  readonly seriesInstanceUid: string;
  readonly seriesNumber: number | null;
  readonly modality: string | null;
  readonly description: string | null;
  readonly sopInstanceUid: string;
  readonly holdsPixels: boolean;
  /** has one of MORE_TAGS */
  readonly more: boolean;
  readonly grouped: boolean;
  readonly attributes: DicomJson;
}

/**
 * Values of one attribute, image by image: the value alone where it is one, null where the image has none; or whole numbers that rise or
 * fall by equal steps.
 */
export type ManifestColumn =
  | { readonly vr: string; readonly values: readonly (DicomJsonValue | DicomJsonValue[] | null)[] }
  | { readonly vr: string; readonly from: number; readonly step: number };

export interface ManifestSeries {
  readonly seriesInstanceUid: string;
  readonly number: number | null;
  readonly modality: string | null;
  readonly description: string | null;
  /** images that a viewer draws as pictures; false: documents, annotations, segmentations */
  readonly pictures: boolean;
  /** of the instances, which are in reading order, the first `images` hold pixels */
  readonly images: number;
  /** nothing but pixels is needed to show it right */
  readonly complete: boolean;
  /** SOP Instance UIDs: what all begin with, and how each goes on, separated by a space (a list would cost a tenth more) */
  readonly sopInstanceUids: { readonly prefix: string; readonly rest: string };
  /** attributes that all instances share, as DICOM JSON (PS3.18 F.2) */
  readonly shared: DicomJson;
  /** and those in which they differ */
  readonly each: Readonly<Record<string, ManifestColumn>>;
  /** What to show first: position among the images from 0, and frame from 1. Null where there are no pictures. */
  readonly first: { readonly image: number; readonly frame: number } | null;
}

/** What a viewer needs of a study before it has its metadata: series in reading order, pictures first. */
export interface StudyManifest {
  readonly studyInstanceUid: string;
  readonly series: readonly ManifestSeries[];
}

export function packManifest(studyInstanceUid: string, instances: readonly ManifestInstance[]): StudyManifest {
  const bySeries = new Map<string, ManifestInstance[]>();
  for (const one of instances) {
    const known = bySeries.get(one.seriesInstanceUid);
    if (known) known.push(one);
    else bySeries.set(one.seriesInstanceUid, [one]);
  }
  const rank = ({ pictures, number }: ManifestSeries) => [pictures ? 0 : 1, number ?? Infinity] as const;
  const series = [...bySeries.values()].map(packSeries).sort((a, b) => {
    const [one, other] = [rank(a), rank(b)];
    return one[0] - other[0] || (one[1] === other[1] ? 0 : one[1] - other[1]);
  });
  return { studyInstanceUid, series };
}

/** An instance of a series as it went in; `index` from 0 in reading order. */
export function unpackInstance(
  series: ManifestSeries,
  index: number,
): { sopInstanceUid: string; attributes: DicomJson } {
  const { prefix, rest } = series.sopInstanceUids;
  const attributes: DicomJson = { ...series.shared };
  for (const [tag, column] of Object.entries(series.each)) {
    const value = 'from' in column ? column.from + column.step * index : (column.values[index] ?? null);
    if (value !== null) attributes[tag] = { vr: column.vr, Value: Array.isArray(value) ? value : [value] };
  }
  return { sopInstanceUid: prefix + rest.split(' ')[index]!, attributes };
}

function packSeries(found: readonly ManifestInstance[]): ManifestSeries {
  const placed = found.map((one) => ({ one, number: integer(one.attributes, '00200013') ?? 0, depth: depth(one) }));
  placed.sort(
    (a, b) => Number(b.one.holdsPixels) - Number(a.one.holdsPixels) || a.number - b.number || a.depth - b.depth,
  );
  const instances = placed.map(({ one }) => one);
  const [any] = instances;
  const images = instances.filter((one) => one.holdsPixels);
  const modality = any!.modality;
  const pictures = images.length > 0 && !NOT_PICTURES.has(modality ?? '');
  const middle = images.length >> 1;
  return {
    seriesInstanceUid: any!.seriesInstanceUid,
    number: any!.seriesNumber,
    modality,
    description: any!.description,
    pictures,
    images: images.length,
    complete: !images.some((one) => one.more),
    sopInstanceUids: packUids(instances.map((one) => one.sopInstanceUid)),
    ...packAttributes(instances.map((one) => one.attributes)),
    first: pictures ? { image: middle, frame: firstFrame(images[middle]!) } : null,
  };
}

/** Position along the slice normal, for series whose instance numbers do not order them. */
function depth({ attributes }: ManifestInstance): number {
  const [x = 0, y = 0, z = 0] = decimals(attributes, '00200032');
  const [a = 1, b = 0, c = 0, d = 0, e = 1, f = 0] = decimals(attributes, '00200037');
  return x * (b * f - c * e) + y * (c * d - a * f) + z * (a * e - b * d);
}

/** The frame that the image itself names; the middle one of a volume; else the first of what runs in time. */
function firstFrame({ attributes, grouped }: ManifestInstance): number {
  const frames = integer(attributes, '00280008') ?? 1;
  const named = integer(attributes, '00286010') ?? 0;
  if (named >= 1 && named <= frames) return named;
  return grouped && frames > 1 ? (frames >> 1) + 1 : 1;
}

function packUids(uids: readonly string[]): ManifestSeries['sopInstanceUids'] {
  const [first = ''] = uids;
  let length = first.length;
  for (const uid of uids) while (!uid.startsWith(first.slice(0, length))) length -= 1;
  return { prefix: first.slice(0, length), rest: uids.map((uid) => uid.slice(length)).join(' ') };
}

function packAttributes(all: readonly DicomJson[]): Pick<ManifestSeries, 'shared' | 'each'> {
  const shared: DicomJson = {};
  const each: Record<string, ManifestColumn> = {};
  for (const tag of MANIFEST_TAGS) {
    const elements = all.map((attributes) => attributes[tag]);
    const one = elements.find((element) => valuesOf(element) !== null);
    if (!one) continue;
    const values = elements.map(valuesOf);
    const text = JSON.stringify(values[0]);
    if (values.every((value) => JSON.stringify(value) === text)) shared[tag] = { vr: one.vr, Value: one.Value! };
    else each[tag] = packColumn(one.vr, values);
  }
  return { shared, each };
}

function packColumn(vr: string, found: readonly (DicomJsonValue[] | null)[]): ManifestColumn {
  const values = found.map((value) => (value?.length === 1 ? value[0]! : value));
  const [from, next] = values;
  if (Number.isInteger(from) && Number.isInteger(next)) {
    const step = (next as number) - (from as number);
    if (values.every((value, index) => value === (from as number) + step * index))
      return { vr, from: from as number, step };
  }
  return { vr, values };
}

function valuesOf(element: DicomJsonElement | undefined): DicomJsonValue[] | null {
  const values = element?.Value ?? [];
  return values.length === 0 || (values.length === 1 && values[0] === null) ? null : values;
}
