import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** What a body must bring in each window: a line that gives less is not alive. */
const LEAST_BYTES = 1024;
/** What is read on behind an answer that came before the body's end, so that the sender gets to see it. */
const DRAINED_BYTES = 64 * 1024 * 1024;

const TOO_SLOW = JSON.stringify({
  type: 'about:blank',
  title: 'request-timeout',
  status: 408,
  code: 'request-timeout',
  detail: 'The body of the request stopped arriving.',
});

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/**
 * Watches the body of one request. Bodies may take hours over a poor line, so there is no limit in all; but one that brings next to
 * nothing for `idleMs`, while we wait for it, is ended with 408. When the answer is out before the body's end, the rest is read away, up
 * to a limit, so that the connection stays in step and the sender sees the answer.
 */
export function guardBody(request: IncomingMessage, response: ServerResponse, idleMs: number): void {
  if (!hasBody(request)) return;
  const { socket } = request;
  let seen = socket.bytesRead;
  const watch = setInterval(() => {
    if (request.complete || socket.destroyed) return stop();
    const came = socket.bytesRead - seen;
    seen = socket.bytesRead;
    // Bytes that wait to be read say that it is we who are slow.
    if (came >= LEAST_BYTES || request.readableLength > 0) return;
    stop();
    end(socket, request, response);
  }, idleMs);
  watch.unref();
  const stop = (): void => clearInterval(watch);
  response.once('finish', () => {
    stop();
    if (!request.complete && !socket.destroyed) drain(socket, request, idleMs);
  });
  response.once('close', stop);
}

function end(socket: Socket, request: IncomingMessage, response: ServerResponse): void {
  const gone = (): void => void request.destroy();
  if (response.headersSent) return gone();
  const head = [
    'HTTP/1.1 408 Request Timeout',
    'connection: close',
    'content-type: application/problem+json',
    `content-length: ${TOO_SLOW.length}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${TOO_SLOW}`, gone);
}

function drain(socket: Socket, request: IncomingMessage, idleMs: number): void {
  const limit = socket.bytesRead + DRAINED_BYTES;
  const deadline = Date.now() + idleMs;
  request.resume();
  const watch = setInterval(() => {
    if (request.complete || socket.destroyed) return clearInterval(watch);
    if (socket.bytesRead < limit && Date.now() < deadline) return;
    clearInterval(watch);
    socket.destroy();
  }, 250);
  watch.unref();
}
