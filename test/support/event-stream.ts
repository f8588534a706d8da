/** One server-sent event, as a browser would hand it on. */
export interface ServerEvent {
  id: string;
  event: string;
  data: Record<string, unknown>;
}

/** A stream of server-sent events; what came is in `received`. */
export interface EventStream {
  status: number;
  headers: Headers;
  received: ServerEvent[];
  /** Resolves when the server has ended it. */
  ended: Promise<void>;
  close: () => void;
}

/** Opens a stream over a socket of its own, and reads it as HTML section 9.2.6 says, as far as this server uses it. */
export async function openEvents(url: string, headers: Record<string, string>): Promise<EventStream> {
  const leave = new AbortController();
  const answer = await fetch(url, { headers, signal: leave.signal });
  const received: ServerEvent[] = [];
  const read = async (): Promise<void> => {
    let rest = '';
    let id = '';
    for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
      const blocks = (rest + chunk).split('\n\n');
      rest = blocks.pop()!;
      for (const block of blocks) {
        const fields = new Map(block.split('\n').map((line) => line.split(/: ?(.*)/, 2) as [string, string]));
        id = fields.get('id') ?? id;
        const data = fields.get('data');
        if (data) received.push({ id, event: fields.get('event') ?? 'message', data: JSON.parse(data) as never });
      }
    }
  };
  const streams = answer.headers.get('content-type')?.startsWith('text/event-stream');
  const ended = streams ? read().catch(() => undefined) : Promise.resolve(void leave.abort());
  return { status: answer.status, headers: answer.headers, received, ended, close: () => leave.abort() };
}
