import { Controller, Get, Req, UseFilters } from '@nestjs/common';
import { z } from 'zod';
import { Route, type AuthenticatedRequest } from '#libs/identity';
import { DemandRoom } from '#libs/ingest';
import { ProblemFilter } from './problem.filter.js';

const storage = z.object({
  bytes: z.number(),
  instances: z.number(),
  /** null: no limit */
  maxBytes: z.number().nullable(),
  maxInstances: z.number().nullable(),
  /** nine tenths of a limit are used */
  near: z.boolean(),
});

/** How much the caller's organisation keeps, and may keep. */
@Controller('api/storage')
@UseFilters(ProblemFilter)
export class StorageController {
  constructor(private readonly room: DemandRoom) {}

  @Get()
  @Route({ permission: 'upload.send', summary: "The organisation's use of its quota", response: storage })
  use(@Req() { caller }: AuthenticatedRequest) {
    return this.room.report(caller.organisation);
  }
}
