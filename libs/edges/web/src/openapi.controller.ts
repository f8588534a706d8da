import { Controller, Get, RequestMethod, UseFilters } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { z } from 'zod';
import { ROUTE, Route, type RouteDeclaration } from '#libs/identity';
import { ProblemFilter } from './problem.filter.js';

type Json = Record<string, unknown>;

const schemaOf = (schema: z.ZodType): Json => {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return json;
};

/** The web API described from the routes themselves, so that it cannot say what is not there. */
@Controller('api/openapi.json')
@UseFilters(ProblemFilter)
export class OpenapiController {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  @Get()
  @Route({ permission: 'public', summary: 'This document', responseType: 'application/json' })
  document(): Json {
    const paths: Record<string, Json> = {};
    for (const wrapper of this.discovery.getControllers()) {
      const base = wrapper.metatype ? (Reflect.getMetadata('path', wrapper.metatype) as string) : '';
      if (!base?.startsWith('api/')) continue;
      const prototype = wrapper.metatype!.prototype as Record<string, object>;
      for (const name of this.scanner.getAllMethodNames(prototype)) {
        const route = Reflect.getMetadata(ROUTE, prototype[name]!) as RouteDeclaration | undefined;
        if (!route) continue;
        const tail = Reflect.getMetadata('path', prototype[name]!) as string;
        const path = `/${base}/${tail === '/' ? '' : tail}`.replace(/\/$/, '').replaceAll(/:(\w+)/g, '{$1}');
        const method = RequestMethod[Reflect.getMetadata('method', prototype[name]!) as number]!.toLowerCase();
        for (const verb of method === 'all' ? ['post', 'head', 'patch', 'delete'] : [method]) {
          paths[path] = { ...paths[path], [verb]: operation(route, path, verb) };
        }
      }
    }
    return {
      openapi: '3.1.0',
      info: {
        title: 'Qiao (桥) web API',
        version: '1',
        description: 'Errors are RFC 9457 problem details with a stable `code`.',
      },
      paths,
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: 'qiao_session' },
          bearer: { type: 'http', scheme: 'bearer' },
        },
      },
    };
  }
}

function operation(route: RouteDeclaration, path: string, verb: string): Json {
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const query = route.query ? schemaOf(route.query) : {};
  for (const [name, schema] of Object.entries((query['properties'] ?? {}) as Json)) {
    const required = ((query['required'] ?? []) as string[]).includes(name);
    parameters.push({ name, in: 'query', required, schema: schema as { type: string } });
  }
  const status = String(route.status ?? 200);
  const content = route.response
    ? { 'application/json': { schema: schemaOf(route.response) } }
    : route.responseType
      ? { [route.responseType]: {} }
      : undefined;
  return {
    summary: route.summary,
    operationId: `${verb} ${path}`,
    ...(route.permission === 'public'
      ? { security: [] }
      : { security: [{ session: [] }, { bearer: [] }], 'x-permission': route.permission }),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(route.body
      ? { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(route.body) } } } }
      : {}),
    responses: {
      [status]: { description: 'done', ...(content ? { content } : {}) },
      default: {
        description: 'refused',
        content: {
          'application/problem+json': {
            schema: {
              type: 'object',
              required: ['title', 'status', 'code', 'detail'],
              properties: {
                title: { type: 'string' },
                status: { type: 'integer' },
                code: { type: 'string' },
                detail: { type: 'string' },
              },
            },
          },
        },
      },
    },
  };
}
