import cookie from '@fastify/cookie';
import multipart from '@fastify/multipart';
import rateLimit from '@fastify/rate-limit';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { newId } from '../../platform/ids.ts';
import { AppError } from './errors/app-error.ts';
import { Authenticator } from './caller/authenticator.ts';
import { networkOf } from './caller/network-of.ts';
import { createUnknownCallers, type UnknownCallers } from './caller/unknown-callers.ts';
import type { ApiParts } from './parts.ts';
import type { ApiRequest } from './caller/principal.ts';
import { noteMethods } from './request/allowed-methods.ts';
import { boundBodies, boundRoutes, isOfApi } from './request/bound-requests.ts';
import { RequestMetrics } from './request-metrics.ts';
import { securityHeaders } from './security-headers.ts';

/** 1,000 events with properties of some kilobytes; files come as multipart, with their own limit. */
const bodyLimitBytes = 4 * 1024 * 1024;
/** A CSV of 10,000 rows with long texts. */
const fileLimitBytes = 64 * 1024 * 1024;

/** A whole request, an upload among them: 64 MB over a line of 2 Mbit/s. Node's own bound, which Fastify takes away. */
const requestTimeoutMs = 300_000;
/** A connection on which nothing goes either way; a stream says something every 15 s. */
const connectionTimeoutMs = 120_000;

/** What is under way when the server closes has so long to be answered: less than the 9 s after which the launcher kills. */
const drainMs = 8_000;

/** Builds the server around a Nest module: parsers, security headers, authentication, rate limit, request log. */
export async function createServer(module: DynamicModule, parts: ApiParts): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestTimeoutMs,
    connectionTimeout: connectionTimeoutMs,
    genReqId: () => newId(),
    routerOptions: { maxParamLength: 500 },
    // Else every caller behind a proxy has the proxy's address, and one of them uses up what there is for all.
    trustProxy: parts.config.TRUSTED_PROXIES.length > 0 ? parts.config.TRUSTED_PROXIES : false,
  });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    rawBody: true,
    logger: false,
    abortOnError: false,
  });
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  // A body is JSON, a form or an upload; text is none of them.
  fastify.removeContentTypeParser('text/plain');
  keepMails(fastify);
  boundRoutes(fastify);
  const methodsOf = noteMethods(fastify);
  drainAtEnd(fastify);
  await fastify.register(cookie);
  await fastify.register(multipart, {
    limits: { fileSize: fileLimitBytes, files: 4, fields: 20, fieldSize: 1_000_000 },
  });
  const headers = await securityHeaders(parts.config.PUBLIC_URL.startsWith('https:'));
  const unknown = createUnknownCallers(parts.config.API_RATE_PER_MINUTE);
  identifyRequests(fastify, app.get(Authenticator), unknown, headers);
  await limitRate(fastify, parts.config.API_RATE_PER_MINUTE);
  refuseMethods(fastify, methodsOf);
  boundBodies(fastify);
  const metrics = app.get(RequestMetrics);
  noteRequests(fastify, parts, metrics);
  return app;
}

/** Mails, and the messages of SNS, which calls its JSON text, are taken as bytes by the hooks of mails and by nothing else. */
function keepMails(fastify: FastifyInstance): void {
  const types = ['message/rfc822', 'text/plain'];
  fastify.addContentTypeParser(types, { parseAs: 'buffer' }, (request: ApiRequest, body, done) => {
    if (!request.routeOptions.url?.startsWith('/hooks/mail'))
      return done(new AppError(415, 'request.mediaType', { detail: 'Send application/json' }));
    request.rawBody = Buffer.from(body);
    done(null, {});
  });
}

/** Lets what is under way be answered when the server closes; its connections go with that, and all that is left when it takes too long. */
function drainAtEnd(fastify: FastifyInstance): void {
  let isClosing = false;
  fastify.addHook('preClose', (done) => {
    isClosing = true;
    setTimeout(() => fastify.server.closeAllConnections(), drainMs).unref();
    done();
  });
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    if (isClosing) reply.header('Connection', 'close');
    done();
  });
}

/** Probes and metrics must answer while Postgres is unavailable, and as often as they are asked. */
function isProbe(request: ApiRequest): boolean {
  return /^\/(health|metrics)(\/|$)/.test(request.routeOptions.url ?? '');
}

function identifyRequests(
  fastify: FastifyInstance,
  authenticator: Authenticator,
  unknown: UnknownCallers,
  headers: Record<string, string>,
): void {
  fastify.addHook('onRequest', async (request: ApiRequest, reply) => {
    reply.headers(headers).header('X-Request-Id', request.id);
    // What an answer holds of people stays nowhere on its way; what may be kept says so itself.
    if (isOfApi(request)) reply.header('Cache-Control', 'no-store');
    request.principal = null;
    if (isProbe(request)) return;
    const network = networkOf(request.ip);
    // The limit of requests counts callers, so it comes after they are known; until then this one holds.
    const known = await authenticator.identify(request, {
      before: () => unknown.requireFew(network),
      nobody: () => unknown.note(network),
    });
    if (known) request.principal = { ...known, requestId: request.id };
  });
}

/** A path that exists for other methods says which. */
function refuseMethods(fastify: FastifyInstance, methodsOf: (path: string) => string[]): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    const allow = request.is404 ? methodsOf(request.url.split('?')[0] ?? '') : [];
    if (allow.length > 0) throw new AppError(405, 'method.notAllowed', { detail: `Use ${allow.join(', ')}`, allow });
    done();
  });
}

async function limitRate(fastify: FastifyInstance, perMinute: number): Promise<void> {
  await fastify.register(rateLimit, {
    global: true,
    hook: 'onRequest',
    max: perMinute,
    timeWindow: 60_000,
    enableDraftSpec: true,
    allowList: (request: ApiRequest) => isProbe(request),
    keyGenerator: (request: ApiRequest) => request.principal?.actor.id ?? `address ${networkOf(request.ip)}`,
    errorResponseBuilder: (_request, context) =>
      new AppError(429, 'rate.limited', {
        detail: 'Too many requests; wait, then go on',
        retryAfterSeconds: Math.ceil(context.ttl / 1_000),
      }),
  });
}

function noteRequests(fastify: FastifyInstance, parts: ApiParts, metrics: RequestMetrics): void {
  fastify.addHook('onResponse', (request: ApiRequest, reply, done) => {
    const { method } = request;
    const route = request.routeOptions.url ?? 'none';
    const status = reply.statusCode;
    metrics.observe({ method, route, status, seconds: reply.elapsedTime / 1_000 });
    if (parts.log.isLevelEnabled('debug')) {
      const { workspaceId, actor } = request.principal ?? {};
      const ms = Math.round(reply.elapsedTime);
      parts.log.debug({ method, route, status, ms, requestId: request.id, workspaceId, actorId: actor?.id }, 'request');
    }
    done();
  });
}
