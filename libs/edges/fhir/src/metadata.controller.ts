import { Controller, Get, Header, Param, Req, UseFilters } from '@nestjs/common';
import { Route } from '#libs/identity';
import { Refusal } from '#libs/kernel';
import type { FastifyRequest } from 'fastify';
import { capabilityStatement } from './capability-statement.js';
import { FhirErrorFilter } from './fhir-error.filter.js';
import { baseOf, FHIR_JSON, FHIR_PATH } from './fhir-request.js';
import type { Resource } from './resource.js';

/** What there is, and a FHIR answer for what there is not. */
@Controller(FHIR_PATH)
@UseFilters(FhirErrorFilter)
export class MetadataController {
  @Get('metadata')
  @Header('content-type', FHIR_JSON)
  @Route({ permission: 'public', summary: 'CapabilityStatement' })
  metadata(@Req() request: FastifyRequest): Resource {
    return capabilityStatement(baseOf(request));
  }

  @Get(':type')
  @Route({ permission: 'fhir.read', summary: 'A resource type that is not served' })
  unknownType(@Param('type') type: string): never {
    throw notServed(type);
  }

  @Get(':type/:id')
  @Route({ permission: 'fhir.read', summary: 'A resource type that is not served' })
  unknownResource(@Param('type') type: string): never {
    throw notServed(type);
  }
}

function notServed(type: string): Refusal {
  return new Refusal('not-found', 'type-not-supported', `${type.slice(0, 64)} is not served here; see metadata.`);
}
