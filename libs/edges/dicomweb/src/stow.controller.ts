import type { Readable } from 'node:stream';
import { Controller, Param, Post, Req, Res, UseFilters } from '@nestjs/common';
import { Route, type AuthenticatedRequest, type Caller } from '#libs/identity';
import { ReceiveInstance } from '#libs/ingest';
import { Refusal } from '#libs/kernel';
import { DicomwebErrorFilter } from './dicomweb-error.filter.js';
import { boundaryOf, MultipartError, readParts, type Part } from './multipart-related.js';

interface StowRequest extends AuthenticatedRequest {
  headers: Record<string, string | undefined>;
  body: Readable;
  protocol: string;
}
interface Reply {
  code(status: number): Reply;
  header(name: string, value: string): Reply;
}
type Json = Record<string, unknown>;

/** Failure reasons (PS3.18 table I.2-1, PS3.4 table B.2-1). */
const REASON: Readonly<Record<string, number>> = {
  'uid-mismatch': 0xa900,
  'study-mismatch': 0xa900,
  unavailable: 0xa700,
  'out-of-resources': 0xa700,
  'database-unavailable': 0xa700,
};
const CANNOT_UNDERSTAND = 0xc000;
const PROCESSING_FAILURE = 0x0110;
/** Coerced or differing: stored, but another object of this UID is the one that is served. */
const DIFFERS = 0xb000;

/** STOW-RS (PS3.18 section 10.5), instance by instance: one bad part never spoils the rest. */
@Controller('dicom-web/studies')
@UseFilters(DicomwebErrorFilter)
export class StowController {
  constructor(private readonly receiveInstance: ReceiveInstance) {}

  @Post()
  @Route({ permission: 'instance.store', summary: 'STOW-RS' })
  store(@Req() request: StowRequest, @Res({ passthrough: true }) reply: Reply): Promise<Json> {
    return this.receive(request, reply);
  }

  @Post(':study')
  @Route({ permission: 'instance.store', summary: 'STOW-RS into one study' })
  storeInto(
    @Req() request: StowRequest,
    @Res({ passthrough: true }) reply: Reply,
    @Param('study') study: string,
  ): Promise<Json> {
    return this.receive(request, reply, study);
  }

  private async receive(request: StowRequest, reply: Reply, study?: string): Promise<Json> {
    const type = request.headers['content-type'] ?? '';
    const boundary = boundaryOf(type);
    if (!/^multipart\/related/i.test(type) || boundary === null || !/application\/dicom(?!\+)/i.test(type)) {
      reply.code(415);
      return { detail: 'Send multipart/related; type="application/dicom" with a boundary.' };
    }
    const stored: Json[] = [];
    const failed: Json[] = [];
    let only = new Set<number>();
    try {
      for await (const part of readParts(request.body, boundary)) {
        const outcome = await this.one(request.caller, part, study);
        (outcome.ok ? stored : failed).push(outcome.item);
        if (!outcome.ok) only = only.add(outcome.reason);
      }
    } catch (error) {
      if (!(error instanceof MultipartError)) throw error;
      if (stored.length + failed.length === 0) throw new Refusal('invalid', 'multipart-broken', error.message);
      // What was acknowledged part by part stays acknowledged; the part that broke off is named as failed.
      failed.push(reference(undefined, undefined, { '00081197': { vr: 'US', Value: [CANNOT_UNDERSTAND] } }));
      only.add(CANNOT_UNDERSTAND);
    }
    if (stored.length + failed.length === 0) throw new Refusal('invalid', 'no-parts', 'The body has no parts.');
    const status =
      failed.length === 0 ? 200 : stored.length > 0 ? 202 : only.size === 1 && only.has(0xa700) ? 503 : 409;
    reply.code(status).header('content-type', 'application/dicom+json');
    if (status === 503) reply.header('retry-after', '5');
    return {
      ...(stored.length > 0 ? { '00081199': { vr: 'SQ', Value: stored } } : {}),
      ...(failed.length > 0 ? { '00081198': { vr: 'SQ', Value: failed } } : {}),
    };
  }

  private async one(
    caller: Caller,
    part: Part,
    study: string | undefined,
  ): Promise<{ ok: true; item: Json } | { ok: false; item: Json; reason: number }> {
    let reception;
    try {
      reception = await this.receiveInstance.openFile(caller, { transport: 'stow', sender: caller.id }, study);
      for await (const chunk of part.body) await reception.write(chunk);
    } catch (error) {
      await reception?.abort();
      if (error instanceof MultipartError) throw error;
      return failure(error);
    }
    try {
      const receipt = await reception.commit();
      const url = `/dicom-web/studies/${receipt.studyInstanceUid}/series/${receipt.seriesInstanceUid}/instances/${receipt.sopInstanceUid}`;
      const differs = receipt.outcome === 'conflict' || receipt.outcome === 're-encoded';
      return {
        ok: true,
        item: reference(receipt.sopClassUid, receipt.sopInstanceUid, {
          '00081190': { vr: 'UR', Value: [url] },
          ...(differs ? { '00081196': { vr: 'US', Value: [DIFFERS] } } : {}),
        }),
      };
    } catch (error) {
      return failure(error);
    }
  }
}

function failure(error: unknown): { ok: false; item: Json; reason: number } {
  const { code, detail } = error as { code?: string; detail?: Record<string, string> };
  const reason = REASON[code ?? ''] ?? (error instanceof Refusal ? CANNOT_UNDERSTAND : PROCESSING_FAILURE);
  const item = reference(detail?.['sopClassUid'], detail?.['sopInstanceUid'], {
    '00081197': { vr: 'US', Value: [reason] },
    '00000902': {
      vr: 'LO',
      Value: [error instanceof Refusal ? `${code}: ${error.message}`.slice(0, 64) : 'internal error'],
    },
  });
  return { ok: false, item, reason };
}

function reference(sopClassUid: string | undefined, sopInstanceUid: string | undefined, more: Json): Json {
  return {
    '00081150': { vr: 'UI', ...(sopClassUid ? { Value: [sopClassUid] } : {}) },
    '00081155': { vr: 'UI', ...(sopInstanceUid ? { Value: [sopInstanceUid] } : {}) },
    ...more,
  };
}
