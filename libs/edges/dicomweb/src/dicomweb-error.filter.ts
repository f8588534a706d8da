import { ArgumentsHost, Catch, ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import { REFUSAL_STATUS } from '#libs/edges/http';
import { Refusal } from '#libs/kernel';

/** What is asked for exists, but not as asked (PS3.18 table 8.5-1). */
const NOT_ACCEPTABLE = new Set([
  'not-convertible',
  'pixels-unreadable',
  'data-set-unreadable',
  'header-too-large',
  'frames-unclear',
  'frame-too-large',
  'not-renderable',
]);

interface Reply {
  raw: { headersSent: boolean; destroy(): void };
  code(status: number): Reply;
  header(name: string, value: string): Reply;
  send(body: unknown): void;
}

/** Refusals as DICOMweb says them: the status code (PS3.18 section 8.5), a Warning header and a short text. */
@Catch()
export class DicomwebErrorFilter implements ExceptionFilter {
  private readonly log = new Logger('dicomweb');

  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<Reply>();
    const { status, code, detail } = this.read(error);
    if (status === 401) reply.header('www-authenticate', 'Bearer realm="qiao"');
    if (status === 503) reply.header('retry-after', '5');
    reply
      .code(status)
      .header('warning', `299 qiao "${detail.replaceAll(/[^\x20-\x7e]|["\\]/g, '?')}"`)
      .header('content-type', 'application/json')
      .send({ code, detail });
  }

  private read(error: unknown): { status: number; code: string; detail: string } {
    if (error instanceof Refusal) {
      const status = NOT_ACCEPTABLE.has(error.code) ? 406 : REFUSAL_STATUS[error.kind];
      return { status, code: error.code, detail: error.message };
    }
    if (error instanceof HttpException) return { status: error.getStatus(), code: 'http', detail: error.message };
    const { code, statusCode } = error as { code?: string; statusCode?: number };
    if (code === 'unavailable') return { status: 503, code, detail: 'A part is out of reach right now; try again.' };
    if (statusCode !== undefined && statusCode < 500) {
      return { status: statusCode, code: code ?? 'bad-request', detail: (error as Error).message };
    }
    this.log.error((error as Error).stack ?? String(error));
    return { status: 500, code: 'internal-error', detail: 'Something went wrong on the server; it is in the log.' };
  }
}
