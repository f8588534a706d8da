import { ApiError } from './client.js';

/** One attribute of the DICOM JSON model (PS3.18 F.2). */
export interface DicomAttribute {
  vr: string;
  Value?: unknown[];
  BulkDataURI?: string | undefined;
  InlineBinary?: string;
}
export type DicomJson = Record<string, DicomAttribute>;

const root = '/dicom-web';

/** Uncompressed and little endian, where pixels are asked for. */
const OCTETS = 'application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1, application/octet-stream';

async function answerTo(path: string, accept: string, signal?: AbortSignal): Promise<Response> {
  try {
    return await fetch(path, { headers: { accept }, credentials: 'same-origin', ...(signal ? { signal } : {}) });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, 'unreachable', '');
  }
}

async function dicomJson(path: string, signal?: AbortSignal): Promise<DicomJson[]> {
  const response = await answerTo(path, 'application/dicom+json', signal);
  if (response.status === 204 || response.status === 404) return [];
  if (!response.ok) throw new ApiError(response.status, `http-${response.status}`, '');
  return (await response.json()) as DicomJson[];
}

export const seriesOfStudy = (study: string, signal?: AbortSignal): Promise<DicomJson[]> =>
  dicomJson(`${root}/studies/${study}/series`, signal);

export const seriesMetadata = (study: string, series: string, signal?: AbortSignal): Promise<DicomJson[]> =>
  dicomJson(`${root}/studies/${study}/series/${series}/metadata`, signal);

export const frameUrl = (study: string, series: string, instance: string, frame: number): string =>
  `${window.location.origin}${root}/studies/${study}/series/${series}/instances/${instance}/frames/${frame}`;

/** A binary value's bytes, little endian: beside the metadata, or behind the address they name. */
export async function bulkBytes(
  { InlineBinary, BulkDataURI }: Pick<DicomAttribute, 'InlineBinary' | 'BulkDataURI'>,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  if (InlineBinary !== undefined) return Uint8Array.from(atob(InlineBinary), (letter) => letter.charCodeAt(0));
  const path = bulkPath({ BulkDataURI });
  return path ? octets(path, signal) : new Uint8Array();
}

/** Where the value lies on the server, by whichever name that goes for this browser; empty where it is beside the metadata. */
export const bulkPath = ({ BulkDataURI }: Pick<DicomAttribute, 'BulkDataURI'>): string =>
  BulkDataURI === undefined ? '' : new URL(BulkDataURI, window.location.origin).pathname;

/** @throws ApiError */
export async function octets(path: string, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  const response = await answerTo(path, OCTETS, signal);
  const body = await response.arrayBuffer();
  if (!response.ok) throw refusal(response.status, body);
  return new Uint8Array(body);
}

/** What the server says where it does not give octets. */
export function refusal(status: number, body: ArrayBuffer): ApiError {
  try {
    const { code, detail } = JSON.parse(new TextDecoder().decode(body)) as { code?: unknown; detail?: unknown };
    if (typeof code === 'string') return new ApiError(status, code, String(detail ?? ''));
  } catch {
    // A gateway between answers in its own way.
  }
  return new ApiError(status, `http-${status}`, '');
}

export function text(dataset: DicomJson, tag: string, index = 0): string {
  const value = dataset[tag]?.Value?.[index];
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'number') return String(value);
  if (value && typeof value === 'object') {
    const name = value as { Alphabetic?: string; Ideographic?: string };
    return name.Ideographic ?? name.Alphabetic ?? '';
  }
  return '';
}

export function numbers(dataset: DicomJson, tag: string): number[] {
  return (dataset[tag]?.Value ?? []).map(Number).filter((value) => Number.isFinite(value));
}

export const items = (dataset: DicomJson, tag: string): DicomJson[] =>
  (dataset[tag]?.Value ?? []).filter((item): item is DicomJson => typeof item === 'object' && item !== null);
