import { ArgumentsHost, Catch, ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import { REFUSAL_STATUS } from '#libs/edges/http';
import { Refusal } from '#libs/kernel';
import type { FastifyReply } from 'fastify';
import { PrefetchMissing } from './cds-request.js';

/** Errors of the CDS services as `{code, message}`; CDS Hooks leaves the body open and names 412 for a missing prefetch. */
@Catch()
export class CdsErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('cds-hooks');

  catch(error: unknown, host: ArgumentsHost): void {
    const [status, code, message] = this.answer(error);
    void host.switchToHttp().getResponse<FastifyReply>().status(status).send({ code, message });
  }

  private answer(error: unknown): [number, string, string] {
    if (error instanceof Refusal) return [REFUSAL_STATUS[error.kind], error.code, error.message];
    if (error instanceof PrefetchMissing) return [412, 'prefetch-missing', error.message];
    if (error instanceof HttpException) return [error.getStatus(), 'http-error', error.message];
    this.logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return [500, 'internal-error', 'Something went wrong inside; the operators can see what.'];
  }
}
