import type { FastifyInstance, RouteOptions } from 'fastify';
import type { Access } from '../../../contracts/access/access.ts';
import { mostMailBytes } from '../../../platform/mail-reports/returned-mail.ts';
import { AppError } from '../errors/app-error.ts';
import { type ApiRequest, principalOf } from '../caller/principal.ts';

/** What a route says of itself to the server; without it, it is no route of ours. */
type RouteConfig = { access?: Access };

/** Bounds of a request of which nobody is known. */
export const publicBounds = {
  /** A form of ten fields has two kilobytes; ours have a comment of 5,000 characters at most. */
  bodyBytes: 64 * 1024,
  /** Stripe's largest events, an invoice with hundreds of lines among them. */
  hookBytes: 256 * 1024,
  /** A batch of SendGrid’s events has 768 KB at most; a returned mail with what it was about. */
  mailHookBytes: mostMailBytes,
  /** Tries to sign in a minute from one address, right or wrong: an office at nine o'clock. */
  signInsPerMinute: 300,
} as const;

/** How long a body that is no upload may take to arrive: four megabytes over a poor line take ten seconds. */
const bodyPatienceMs = 30_000;

/** Bounds what a route takes before the route is made. Call it before any route and before the rate limit is registered. */
export function boundRoutes(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    if (accessOf(route) !== 'public') return;
    route.bodyLimit = route.url.startsWith('/hooks/mail')
      ? publicBounds.mailHookBytes
      : route.url.startsWith('/hooks/')
        ? publicBounds.hookBytes
        : publicBounds.bodyBytes;
    const isSignIn = route.method === 'POST' && /^\/(v1\/session|sign-in|setup)\b/.test(route.url);
    if (isSignIn) route.config = { ...route.config, rateLimit: { max: publicBounds.signInsPerMinute } };
  });
}

/**
 * Refuses before a body is read what cannot be accepted whatever it is: a caller who is not known where one must be, and a form where JSON
 * is expected. A body that does not arrive in time ends. Call it once callers are known and counted.
 */
export function boundBodies(fastify: FastifyInstance, patienceMs: number = bodyPatienceMs): void {
  fastify.addHook('onRequest', (request: ApiRequest, reply, done) => {
    const access = accessOf(request.routeOptions);
    if (access !== undefined && access !== 'public') principalOf(request);
    const type = request.headers['content-type'] ?? '';
    if (isOfApi(request) && type.startsWith('application/x-www-form-urlencoded'))
      throw new AppError(415, 'request.mediaType', { detail: 'Send application/json' });
    if (!type.startsWith('multipart/')) {
      const timer = setTimeout(() => {
        const error = new AppError(408, 'request.timeout', { detail: 'The request took too long to arrive' });
        void reply.header('Connection', 'close').send(error);
      }, patienceMs);
      for (const event of ['end', 'close'] as const) request.raw.once(event, () => clearTimeout(timer));
    }
    done();
  });
}

/** Whether a request is of the API for programs, by the route it has come to: an address has many spellings (`/%761/contacts`). */
export function isOfApi({ routeOptions }: ApiRequest): boolean {
  return routeOptions.url?.startsWith('/v1/') ?? false;
}

function accessOf({ config }: Pick<RouteOptions, 'config'>): Access | undefined {
  return (config as RouteConfig | undefined)?.access;
}
