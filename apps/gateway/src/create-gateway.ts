import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import compress from '@fastify/compress';
import cookie from '@fastify/cookie';
import serveStatic from '@fastify/static';
import { DiscoveryService, MetadataScanner, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Settings } from '#libs/config';
import { assertRoutesDeclared } from '#libs/identity';
import { GatewayModule } from './app.module.js';
import { guardBody } from './guard-bodies.js';

/** Paths that belong to the servers; everything else is the web application's, whose pages route themselves. */
const SERVER_PATHS = /^\/(api|dicom-web|fhir|cds-services|oauth|health|metrics)(\/|$|\?)/;
/** A request's headers must be there by then; its body is guarded by `guardBody`. */
const HEADERS_MS = 20_000;
const VIEWER = fileURLToPath(new URL('../../../viewer/', import.meta.url));

/** The HTTP server, ready to listen. Bodies of images and uploads are streams; only JSON and forms are read whole (1 MiB at most). */
export async function createGateway(settings: Settings, viewerFolder = VIEWER): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: 1024 * 1024,
    trustProxy: 'loopback',
    requestTimeout: 0,
    http: { headersTimeout: HEADERS_MS, connectionsCheckingInterval: HEADERS_MS / 4 },
  });
  const app = await NestFactory.create<NestFastifyApplication>(GatewayModule.of(settings), adapter, {
    logger: ['error', 'warn'],
  });
  assertRoutesDeclared(app.get(DiscoveryService), app.get(MetadataScanner));
  const fastify = app.getHttpAdapter().getInstance();
  fastify.removeContentTypeParser('text/plain');
  fastify.addContentTypeParser(
    '*',
    (_request: unknown, payload: Readable, done: (error: null, body: Readable) => void) => done(null, payload),
  );
  fastify.addContentTypeParser(
    ['application/fhir+json', 'application/dicom+json'],
    { parseAs: 'string' },
    fastify.getDefaultJsonParser('error', 'error'),
  );
  fastify.addHook('onRequest', (request, reply, done) => {
    guardBody(request.raw, reply.raw, settings.http.idleSeconds * 1000);
    done();
  });
  await app.register(cookie);
  await app.register(compress, {
    threshold: 2048,
    // Bodies are inflated where it is known how large they may grow.
    globalDecompression: false,
    // An event waits in no buffer.
    customTypes: /^(application\/(dicom\+json|fhir\+json|json|javascript)|text\/(?!event-stream))/,
  });
  fastify.addHook(
    'onSend',
    (_request: unknown, reply: { header(name: string, value: string): void }, _payload: unknown, done: () => void) => {
      reply.header('x-content-type-options', 'nosniff');
      reply.header('referrer-policy', 'same-origin');
      reply.header('x-frame-options', 'SAMEORIGIN');
      done();
    },
  );
  if (existsSync(join(viewerFolder, 'index.html'))) {
    await app.register(serveStatic, { root: viewerFolder, wildcard: false, maxAge: '1h', immutable: false });
    fastify.get('/*', (request, reply) => {
      if (SERVER_PATHS.test(request.url)) {
        return reply.code(404).type('application/problem+json').send({
          type: 'about:blank',
          title: 'not-found',
          status: 404,
          code: 'no-such-route',
          detail: 'There is nothing here.',
        });
      }
      return reply.header('cache-control', 'no-cache').sendFile('index.html');
    });
  }
  await app.init();
  await fastify.ready();
  return app;
}
