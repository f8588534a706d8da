import { applyDecorators, SetMetadata } from '@nestjs/common';
import type { z } from 'zod';
import type { Permission } from './domain/permissions.js';

/** What a route says of itself: who may call it, and (on the web API) what goes in and comes out, which also is its documentation. */
export interface RouteDeclaration {
  readonly permission: Permission | 'public';
  readonly summary: string;
  /** the web API carries schemas and stands in the OpenAPI document; protocol edges describe themselves in their standards' words */
  readonly body?: z.ZodType;
  readonly query?: z.ZodType;
  readonly response?: z.ZodType;
  readonly responseType?: string;
  readonly status?: number;
}

export const ROUTE = Symbol('route');

/** Every handler carries this; a handler without it stops the start (`assertRoutesDeclared`). */
export function Route(declaration: RouteDeclaration): MethodDecorator {
  return applyDecorators(SetMetadata(ROUTE, declaration));
}
