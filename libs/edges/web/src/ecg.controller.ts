import { Controller, Post, Query, Req, UseFilters } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { Route, type AuthenticatedRequest } from '#libs/identity';
import { ReceiveEcg } from '#libs/ingest';
import { Refusal } from '#libs/kernel';
import { ProblemFilter } from './problem.filter.js';
import { ecgQuery, receipt } from './schemas.js';
import { valid } from './valid.pipe.js';

@Controller('api/ecg')
@UseFilters(ProblemFilter)
export class EcgController {
  constructor(private readonly receiveEcg: ReceiveEcg) {}

  @Post()
  @Route({
    permission: 'upload.send',
    summary: 'One ECG file of any supported format; a PDF is kept as a document without a waveform',
    query: ecgQuery,
    response: receipt,
    status: 201,
  })
  async receive(
    @Req() { caller, body }: AuthenticatedRequest & { body: unknown },
    @Query(valid(ecgQuery)) query: z.output<typeof ecgQuery>,
  ) {
    const given = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
    const { outcome, sopInstanceUid, studyInstanceUid } = await this.receiveEcg.receive(
      caller,
      fileIn(body),
      { transport: 'ecg', sender: caller.id },
      given,
    );
    return { outcome, sopInstanceUid, studyInstanceUid };
  }
}

function fileIn(body: unknown): AsyncIterable<Buffer> {
  if (!(body instanceof Object && Symbol.asyncIterator in body)) {
    throw new Refusal('invalid', 'no-file', 'Send the bytes of one ECG file as the body, with its own content type.');
  }
  return body as Readable;
}
