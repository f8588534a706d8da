import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { Caller } from '#libs/identity';
import { ReceiveInstance, Spool } from '#libs/ingest';
import { Refusal } from '#libs/kernel';
import { boundaryOf, parseMediaType, type MediaType } from './media-type.js';
import { MetadataAndBulk } from './metadata-and-bulk.js';
import { MultipartError, readParts } from './multipart-related.js';
import type { StoreOutcome } from './stow-response.js';

export interface StoreBody {
  type: MediaType;
  stream: Readable;
  /** absolute address of the request */
  address: string;
  /** refuse every other study */
  study?: string | undefined;
}

const DICOM = 'application/dicom';
const DICOM_JSON = new Set(['application/dicom+json', 'application/json']);
/** What parts that carry a Part 10 file may call themselves; senders are careless here, and the content decides. */
const FILE_TYPES = new Set([DICOM, 'application/octet-stream', '']);
/** The body, not one instance of it, is at fault. */
const BROKEN_BODY = new Set(['multipart-broken', 'Z_DATA_ERROR', 'Z_BUF_ERROR', 'body-too-large']);

/** What kind of body a STOW request carries, by its Content-Type; null: none that is understood. */
export function bodyKind(type: MediaType | null): 'single' | 'multipart' | null {
  if (type?.type === DICOM) return 'single';
  if (type?.type !== 'multipart/related' || boundaryOf(type) === null) return null;
  const of = parseMediaType(type.parameters.get('type') ?? DICOM)?.type ?? '';
  return of === DICOM || DICOM_JSON.has(of) ? 'multipart' : null;
}

/** The instances of one STOW body (PS3.18 section 10.5), one by one: a bad one never spoils the rest. */
@Injectable()
export class StoreRequest {
  constructor(
    private readonly receiveInstance: ReceiveInstance,
    private readonly spool: Spool,
  ) {}

  /**
   * @throws Refusal `invalid` when nothing of the body can be understood, `too-large`; the error of the stream when the sender is gone:
   * what was under way then leaves nothing
   */
  async store(caller: Caller, body: StoreBody): Promise<StoreOutcome[]> {
    if (body.type.type === DICOM) return [await this.file(caller, body.stream, body.study)];
    const outcomes: StoreOutcome[] = [];
    const json = new MetadataAndBulk(this.spool, body.address);
    let byMetadata = DICOM_JSON.has(parseMediaType(body.type.parameters.get('type') ?? '')?.type ?? '');
    try {
      for await (const part of readParts(body.stream, boundaryOf(body.type)!)) {
        const type = parseMediaType(part.headers.get('content-type') ?? '')?.type ?? '';
        byMetadata ||= outcomes.length === 0 && DICOM_JSON.has(type);
        if (byMetadata) await json.take(part);
        else if (FILE_TYPES.has(type)) outcomes.push(await this.file(caller, part.body, body.study));
        else outcomes.push({ failed: new Refusal('invalid', 'part-not-dicom', `A part is ${type}, not DICOM.`) });
      }
      if (byMetadata)
        for (const one of json.instances()) outcomes.push(await this.file(caller, json.file10(one), body.study));
    } catch (error) {
      if (!BROKEN_BODY.has((error as { code?: string }).code ?? '')) throw error;
      // What was answered instance by instance stays; the one that broke off is named as failed.
      if (outcomes.length === 0) throw asRefusal(error);
      outcomes.push({ failed: asRefusal(error) });
    } finally {
      await json.discard();
    }
    if (outcomes.length === 0) throw new Refusal('invalid', 'no-parts', 'The body holds no instance.');
    return outcomes;
  }

  private async file(caller: Caller, chunks: AsyncIterable<Buffer>, study: string | undefined): Promise<StoreOutcome> {
    let reception;
    try {
      reception = await this.receiveInstance.openFile(caller, { transport: 'stow', sender: caller.id }, study);
    } catch (error) {
      return { failed: error };
    }
    let failed: unknown;
    try {
      for await (const chunk of chunks) {
        try {
          await reception.write(chunk);
        } catch (error) {
          failed = error;
          break;
        }
      }
    } catch (error) {
      await reception.abort();
      // A format error is the instance's own (made of metadata); anything else is the stream's.
      if ((error as Error).name !== 'DicomFormatError') throw error;
      return { failed: error };
    }
    if (failed !== undefined) {
      await reception.abort();
      return { failed };
    }
    return reception.commit().then(
      (stored) => ({ stored }),
      (error: unknown) => ({ failed: error }),
    );
  }
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const message = error instanceof MultipartError ? error.message : 'The gzip body cannot be read.';
  return new Refusal('invalid', 'multipart-broken', message);
}
