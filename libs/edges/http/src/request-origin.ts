interface HttpRequest {
  protocol?: string;
  headers: Record<string, string | string[] | undefined>;
}

const HOST = /^[\w.-]+(:\d+)?$|^\[[\da-f:.]+\](:\d+)?$/i;

/** Scheme and host by which the caller reached us, for links that lead back: a proxy's word first, then the Host header. */
export function requestOrigin(request: HttpRequest): string {
  const first = (name: string) =>
    String(request.headers[name] ?? '')
      .split(',')[0]!
      .trim();
  const forwarded = first('x-forwarded-proto');
  const scheme = ['http', 'https'].includes(forwarded) ? forwarded : request.protocol === 'https' ? 'https' : 'http';
  const host = [first('x-forwarded-host'), first('host')].find((name) => HOST.test(name)) ?? 'localhost';
  return `${scheme}://${host}`;
}
