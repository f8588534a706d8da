import { DicomFormatError } from '#libs/formats/dicom';
import type { Receipt } from '#libs/ingest';
import { Refusal } from '#libs/kernel';

type Json = Record<string, unknown>;

/** How one instance of a STOW request ended. */
export type StoreOutcome = { stored: Receipt } | { failed: unknown };

/** Failure Reason (0008,1197) by the code of the refusal: PS3.18 annex I, with the values of PS3.4 table B.2-1 and PS3.7 annex C. */
const REASONS: Readonly<Record<string, number>> = {
  'uid-mismatch': 0xa900,
  'study-mismatch': 0xa900,
  dicomdir: 0x0122,
  'unknown-transfer-syntax': 0xc122,
  'permission-missing': 0x0124,
  'quota-exceeded': 0xa700,
  'out-of-resources': 0xa700,
  unavailable: 0xa700,
};
const OUT_OF_RESOURCES = 0xa700;
const CANNOT_UNDERSTAND = 0xc000;
const PROCESSING_FAILURE = 0x0110;
/** Warning Reason (0008,1196): stored, but another instance of this UID is the one that is served. */
const COERCION_OF_DATA_ELEMENTS = 0xb000;

function reasonOf(error: unknown): number {
  const { code = '' } = error as { code?: string };
  const known = REASONS[code];
  if (known !== undefined) return known;
  if (error instanceof Refusal) return error.kind === 'unavailable' ? OUT_OF_RESOURCES : CANNOT_UNDERSTAND;
  return error instanceof DicomFormatError ? CANNOT_UNDERSTAND : PROCESSING_FAILURE;
}

/** The Store Instances Response Module (PS3.18 annex I.1) of the outcomes, and the status of the answer (PS3.18 table 10.5.3-1). */
export function storeResponse(
  outcomes: readonly StoreOutcome[],
  origin: string,
  study: string | undefined,
): { status: number; body: Json } {
  const stored: Json[] = [];
  const failed: Json[] = [];
  const studies = new Set<string>();
  let refusedForNow = 0;
  let overQuota = 0;
  for (const outcome of outcomes) {
    if ('stored' in outcome) {
      stored.push(storedItem(outcome.stored, origin));
      studies.add(outcome.stored.studyInstanceUid);
    } else {
      failed.push(failedItem(outcome.failed));
      if ((outcome.failed as { code?: string }).code === 'quota-exceeded') overQuota += 1;
      else if (reasonOf(outcome.failed) === OUT_OF_RESOURCES) refusedForNow += 1;
    }
  }
  const [only] = studies.size === 1 ? studies : [study];
  const body = {
    ...(only !== undefined && stored.length > 0
      ? { '00081190': { vr: 'UR', Value: [`${origin}/dicom-web/studies/${only}`] } }
      : {}),
    ...(failed.length > 0 ? { '00081198': { vr: 'SQ', Value: failed } } : {}),
    ...(stored.length > 0 ? { '00081199': { vr: 'SQ', Value: stored } } : {}),
  };
  if (failed.length === 0) return { status: 200, body };
  if (stored.length > 0) return { status: 202, body };
  if (overQuota === failed.length) return { status: 507, body };
  return { status: overQuota + refusedForNow === failed.length ? 503 : 409, body };
}

function storedItem(receipt: Receipt, origin: string): Json {
  const { studyInstanceUid, seriesInstanceUid, sopInstanceUid } = receipt;
  const path = `/dicom-web/studies/${studyInstanceUid}/series/${seriesInstanceUid}/instances/${sopInstanceUid}`;
  const differs = receipt.outcome === 'conflict' || receipt.outcome === 're-encoded';
  return reference(receipt.sopClassUid, sopInstanceUid, {
    '00081190': { vr: 'UR', Value: [`${origin}${path}`] },
    ...(differs ? { '00081196': { vr: 'US', Value: [COERCION_OF_DATA_ELEMENTS] } } : {}),
  });
}

function failedItem(error: unknown): Json {
  const { code, message, detail } = error as { code?: string; message?: string; detail?: Record<string, string> };
  const expected = error instanceof Refusal || error instanceof DicomFormatError || code !== undefined;
  return reference(detail?.['sopClassUid'], detail?.['sopInstanceUid'], {
    '00081197': { vr: 'US', Value: [reasonOf(error)] },
    // Error Comment is LO: 64 characters.
    '00000902': { vr: 'LO', Value: [expected ? `${code}: ${message}`.slice(0, 64) : 'internal error'] },
  });
}

function reference(sopClassUid: string | undefined, sopInstanceUid: string | undefined, more: Json): Json {
  return {
    '00081150': { vr: 'UI', ...(sopClassUid ? { Value: [sopClassUid] } : {}) },
    '00081155': { vr: 'UI', ...(sopInstanceUid ? { Value: [sopInstanceUid] } : {}) },
    ...more,
  };
}
