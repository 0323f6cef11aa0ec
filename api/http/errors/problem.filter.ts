import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Problem } from '../../../contracts/http/problem.schema.ts';
import type { Logger } from '../../../platform/log.ts';
import { AppError } from './app-error.ts';
import { fromDatabase } from './database-errors.ts';
import { html, sendPage, smallPage } from '../html.ts';
import type { ApiRequest } from '../caller/principal.ts';

/** Codes of the statuses that the framework raises by itself. */
const frameworkCodes: Record<number, [code: string, detail: string]> = {
  400: ['request.malformed', 'The request could not be read'],
  404: ['path.notFound', 'There is nothing here'],
  405: ['method.notAllowed', 'This method is not allowed here'],
  406: ['accept.unsupported', 'None of the accepted media types can be given'],
  408: ['request.timeout', 'The request took too long to arrive'],
  413: ['request.tooLarge', 'The request is too large'],
  414: ['path.tooLong', 'The address is too long'],
  415: ['request.mediaType', 'This media type is not accepted here'],
  429: ['rate.limited', 'Too many requests'],
  431: ['request.headersTooLarge', 'The headers are too large'],
};

/** Turns everything thrown into one problem document; an unexpected error is logged, and its text is not returned. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Logger) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<ApiRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (hasLeft(request, thrown)) {
      this.log.debug({ requestId: request.id, route: request.routeOptions.url }, 'the caller broke off');
      reply.raw.destroy();
      return;
    }
    const error = asAppError(thrown);
    if (refusals.has(error.status) || error.code === 'payment.bad_signature') this.note(error, request);
    if (error.status >= 500) {
      this.log.error(
        { err: thrown, requestId: request.id, code: error.code, route: request.routeOptions.url },
        'failed',
      );
    }
    if (reply.sent || reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    if (error.status === 404 && isForPerson(request)) {
      sendPage(reply, nothingHere, { status: 404 });
      return;
    }
    if (error.options.retryAfterSeconds !== undefined) reply.header('Retry-After', error.options.retryAfterSeconds);
    if (error.options.allow !== undefined) reply.header('Allow', error.options.allow.join(', '));
    if (error.status === 401) reply.header('WWW-Authenticate', 'Bearer');
    void reply
      .status(error.status)
      .header('Content-Type', 'application/problem+json; charset=utf-8')
      .header('Cache-Control', 'no-store')
      .send(JSON.stringify(problemOf(error, request.id)));
  }

  /** Writes down who was refused what, from where: what an attack looks like from here. Neither body nor credential is among it. */
  private note({ status, code }: AppError, request: ApiRequest): void {
    const { workspaceId, actor } = request.principal ?? {};
    const { method, ip, id: requestId } = request;
    const route = request.routeOptions.url;
    this.log.warn({ status, code, method, route, ip, requestId, workspaceId, actorId: actor?.id }, 'refused');
  }
}

/** Refusals that say something of the caller: not known, not allowed, too often. A forged webhook is one that is not known. */
const refusals = new Set([401, 403, 429]);

/** Whether the caller ended the connection before the request had arrived: nothing of ours has failed. */
function hasLeft({ raw }: ApiRequest, thrown: unknown): boolean {
  const isAbort = thrown instanceof Error && 'code' in thrown && thrown.code === 'ECONNRESET';
  return isAbort && (raw.destroyed || raw.errored !== null) && !raw.complete;
}

/** A browser that was sent somewhere, not a program that asks the API. */
function isForPerson({ method, url, headers }: ApiRequest): boolean {
  return method === 'GET' && !url.startsWith('/v1/') && (headers.accept ?? '').includes('text/html');
}

const nothingHere = smallPage({
  title: 'Nothing here',
  heading: 'This page does not exist',
  lead: html`It may have been mistyped or cut in two. <a href="/">Go to the dashboard</a>.`,
});

/** Parts of a request that one answer names; nobody corrects more before trying again. */
const mostErrors = 50;

function problemOf(error: AppError, requestId: string): Problem {
  return {
    ...error.options.extra,
    type: 'about:blank',
    title: titles[error.status] ?? 'Error',
    status: error.status,
    code: error.code,
    detail: error.options.detail ?? '',
    errors: (error.options.errors ?? []).slice(0, mostErrors),
    requestId,
  };
}

const titles: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

function asAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const status = statusOf(thrown);
  if (status !== null && status < 500) {
    const [code, detail] = frameworkCodes[status] ?? ['request.refused', 'The request was refused'];
    return new AppError(status, code, { detail });
  }
  return fromDatabase(thrown) ?? new AppError(500, 'internal', { detail: 'Something went wrong on our side' });
}

/** The status of a framework's own exception; null for any other error, whatever fields it has. */
function statusOf(thrown: unknown): number | null {
  if (thrown instanceof HttpException) return thrown.getStatus();
  if (!(thrown instanceof Error) || !('code' in thrown) || !('statusCode' in thrown)) return null;
  const isFastify = typeof thrown.code === 'string' && thrown.code.startsWith('FST_');
  const isParser = thrown instanceof SyntaxError;
  return (isFastify || isParser) && typeof thrown.statusCode === 'number' ? thrown.statusCode : null;
}
