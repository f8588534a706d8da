import type { AuthenticatedRequest } from '#libs/identity';
import { Refusal } from '#libs/kernel';
import type { FastifyRequest } from 'fastify';
import { requestOrigin } from '#libs/edges/http';
import { SearchParameters } from './search-parameters.js';

export const FHIR_PATH = 'fhir/R4';
export const FHIR_JSON = 'application/fhir+json; charset=utf-8';
export type FhirRequest = FastifyRequest & AuthenticatedRequest;

const JSON_FORMATS = new Set(['json', 'application/json', 'application/fhir+json', 'text/json']);

export function baseOf(request: FastifyRequest): string {
  return `${requestOrigin(request)}/${FHIR_PATH}`;
}

/** @throws Refusal `invalid`: unknown-parameter (strict), modifier-not-supported, bad-parameter, format-not-supported */
export function searchParameters(request: FastifyRequest, known: readonly string[]): SearchParameters {
  const query = new URL(request.url, 'http://qiao').searchParams;
  const parameters = new SearchParameters(query, known, String(request.headers['prefer'] ?? ''));
  // A plus sign in a query is a space to URLSearchParams: application/fhir+json may arrive as either.
  const format = parameters.single('_format')?.split(';')[0]!.trim().replace(' ', '+');
  if (format !== undefined && !JSON_FORMATS.has(format)) {
    throw new Refusal('invalid', 'format-not-supported', 'Qiao speaks FHIR in JSON alone.');
  }
  return parameters;
}
