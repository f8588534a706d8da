import { ArgumentsHost, Catch, ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import { REFUSAL_STATUS } from '#libs/edges/http';
import { Refusal } from '#libs/kernel';

interface Reply {
  code(status: number): Reply;
  header(name: string, value: string): Reply;
  send(body: unknown): void;
}

/** Errors of the web API as RFC 9457 problem details, with a stable `code` that the log carries too. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly log = new Logger('web');

  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<Reply>();
    const problem = this.problem(error);
    if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="qiao"');
    if (problem.status === 503) reply.header('retry-after', '5');
    reply.code(problem.status).header('content-type', 'application/problem+json').send(problem);
  }

  private problem(error: unknown): { status: number; title: string; code: string; detail: string; type: string } {
    const type = 'about:blank';
    if (error instanceof Refusal) {
      return {
        type,
        title: error.code,
        status: REFUSAL_STATUS[error.kind],
        detail: error.message,
        code: error.code,
        ...error.detail,
      };
    }
    if (error instanceof HttpException) {
      const status = error.getStatus();
      return { type, title: error.name, status, detail: error.message, code: `http-${status}` };
    }
    const { statusCode, code } = error as { statusCode?: number; code?: string };
    if (statusCode !== undefined && statusCode < 500) {
      return {
        type,
        title: 'Bad request',
        status: statusCode,
        detail: (error as Error).message,
        code: code ?? 'bad-request',
      };
    }
    if (code === 'unavailable') {
      return {
        type,
        title: 'unavailable',
        status: 503,
        detail: 'A part is out of reach right now; try again.',
        code: 'unavailable',
      };
    }
    this.log.error((error as Error).stack ?? String(error));
    return {
      type,
      title: 'internal-error',
      status: 500,
      detail: 'Something went wrong on the server; it is in the log.',
      code: 'internal-error',
    };
  }
}
