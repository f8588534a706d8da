import { ArgumentsHost, Catch, ExceptionFilter, Logger } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { FHIR_JSON } from './fhir-request.js';
import { errorAnswer } from './operation-outcome.js';

/** Every error of this edge is an OperationOutcome. */
@Catch()
export class FhirErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('fhir');

  catch(error: unknown, host: ArgumentsHost): void {
    const { status, outcome, unexpected } = errorAnswer(error);
    if (unexpected) this.logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    void host.switchToHttp().getResponse<FastifyReply>().status(status).header('content-type', FHIR_JSON).send(outcome);
  }
}
