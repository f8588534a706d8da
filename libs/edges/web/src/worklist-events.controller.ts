import { Readable } from 'node:stream';
import { Controller, Get, Query, Req, Res, UseFilters } from '@nestjs/common';
import { z } from 'zod';
import { AuditTrail } from '#libs/audit';
import { Route, Sessions, type AuthenticatedRequest, type Caller } from '#libs/identity';
import { Refusal } from '#libs/kernel';
import { FollowWorklist, type Told } from '#libs/worklist';
import { ProblemFilter } from './problem.filter.js';
import { worklistEventsQuery } from './schemas.js';
import { valid } from './valid.pipe.js';

type Request = AuthenticatedRequest & { readonly headers: Record<string, string | string[] | undefined> };
interface Reply {
  readonly raw: { once(event: 'close', listener: () => void): void };
  header(name: string, value: string): Reply;
  send(body: Readable): void;
}

/** A page says its list is stale when it hears nothing for longer; and a session that has ended is noticed by then. */
const BEAT_MS = 10_000;
const RETRY_MS = 2000;
/** Two screens and what was left open; browsers have six connections to a server in all. */
const MOST_A_PERSON = 4;

/** Changes of the worklist as server-sent events (HTML, section 9.2). */
@Controller('api/worklist/events')
@UseFilters(ProblemFilter)
export class WorklistEventsController {
  private readonly open = new Map<string, number>();

  constructor(
    private readonly follow: FollowWorklist,
    private readonly sessions: Sessions,
    private readonly audit: AuditTrail,
  ) {}

  @Get()
  @Route({
    permission: 'worklist.view',
    summary:
      'Server-sent events: changes of the reads that the caller may see, told within a second. `change`: its data name `readId` and ' +
      '`change`; `ready` or `reset`: the list is to be read (anew), changes follow; `beat`: nothing new. After `last-event-id` (or `after`) ' +
      'it goes on where it was, for a day. Sessions only, four at once a person (503 `too-many-streams`)',
    query: worklistEventsQuery,
    responseType: 'text/event-stream',
  })
  async events(
    @Req() request: Request,
    @Res() reply: Reply,
    @Query(valid(worklistEventsQuery)) query: z.output<typeof worklistEventsQuery>,
  ): Promise<void> {
    const { caller, sessionToken: token } = request;
    if (!token) throw new Refusal('forbidden', 'session-required', 'Events are for the browser session of a person.');
    const gone = new AbortController();
    this.enter(caller.id, gone.signal);
    reply.raw.once('close', () => gone.abort());
    try {
      await this.audit.record({
        actor: caller,
        action: 'follow-reads',
        subject: { kind: 'worklist', id: 'events' },
        outcome: 'done',
      });
    } catch (error) {
      gone.abort();
      throw error;
    }
    const header = request.headers['last-event-id'];
    const told = this.follow.run({
      after: typeof header === 'string' && header !== '' ? header : query.after,
      caller: () => this.reader(token),
      signal: gone.signal,
      beatMs: BEAT_MS,
    });
    reply
      .header('content-type', 'text/event-stream; charset=utf-8')
      .header('cache-control', 'no-store, no-transform')
      // What ends a stream ends its connection too: a server that stops waits for no idle one.
      .header('connection', 'close')
      // No proxy holds it back.
      .header('x-accel-buffering', 'no')
      .send(Readable.from(written(told), { objectMode: false }));
  }

  private async reader(token: string): Promise<Caller | null> {
    const caller = await this.sessions.holder(token);
    return caller?.permissions.has('worklist.view') ? caller : null;
  }

  private enter(id: string, signal: AbortSignal): void {
    const before = this.open.get(id) ?? 0;
    if (before >= MOST_A_PERSON)
      throw new Refusal('unavailable', 'too-many-streams', 'Close another page of yours that shows the worklist.');
    this.open.set(id, before + 1);
    signal.addEventListener('abort', () => {
      const left = (this.open.get(id) ?? 1) - 1;
      if (left > 0) this.open.set(id, left);
      else this.open.delete(id);
    });
  }
}

async function* written(told: AsyncIterable<Told>): AsyncGenerator<string> {
  yield `retry: ${RETRY_MS}\n\n`;
  for await (const one of told) {
    if (one.what === 'beat') yield 'event: beat\ndata: {}\n\n';
    else if (one.what === 'change') {
      const { position, readId, change } = one.event;
      yield `id: ${position}\nevent: change\ndata: ${JSON.stringify({ readId, change })}\n\n`;
    } else yield `id: ${one.position}\nevent: ${one.what}\ndata: {}\n\n`;
  }
}
