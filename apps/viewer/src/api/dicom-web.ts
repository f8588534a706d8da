import { ApiError } from './client.js';

/** One attribute of the DICOM JSON model (PS3.18 F.2). */
export interface DicomAttribute {
  vr: string;
  Value?: unknown[];
  BulkDataURI?: string;
  InlineBinary?: string;
}
export type DicomJson = Record<string, DicomAttribute>;

const root = '/dicom-web';

async function dicomJson(path: string, signal?: AbortSignal): Promise<DicomJson[]> {
  let response: Response;
  try {
    response = await fetch(path, {
      headers: { accept: 'application/dicom+json' },
      credentials: 'same-origin',
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, 'unreachable', '');
  }
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
