import { createHash } from 'node:crypto';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { answerOnce, idempotencyKeyOf } from './answer-once.ts';
import { type ApiRequest, principalOf } from '../caller/principal.ts';
import { Store } from '../store.ts';

/**
 * Makes a write with an `Idempotency-Key` happen once, as `answerOnce` does; the request is its method, path and body. A
 * refusal stores nothing: nothing has happened. An upload is not read yet here, so its service does the same by itself.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(private readonly store: Store) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<ApiRequest>();
    const key = idempotencyKeyOf(request);
    if (key === null || request.headers['content-type']?.startsWith('multipart/')) return next.handle();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const write = { caller: principalOf(request), key, requestHash: hashOf(request), reply };
    return from(answerOnce(this.store, write, () => lastValueFrom(next.handle(), { defaultValue: undefined })));
  }
}

function hashOf(request: ApiRequest): Buffer {
  return createHash('sha256')
    .update(`${request.method} ${request.url}\n`)
    .update(request.rawBody ?? '')
    .digest();
}
