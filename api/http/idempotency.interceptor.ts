import { createHash } from 'node:crypto';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { claimIdempotencyKey, storeAnswer } from '../../platform/db/idempotency.ts';
import { AppError } from './app-error.ts';
import { metadata } from './operation.ts';
import { type ApiRequest, type Principal, principalOf } from './principal.ts';
import { Store } from './store.ts';

/** 1 to 200 visible ASCII characters. */
const keyPattern = /^[\x21-\x7e]{1,200}$/;

/**
 * Makes a write with an `Idempotency-Key` happen once: the key's row, the work and the stored answer commit together, so a
 * crash leaves nothing and a concurrent duplicate waits for the first. The same key and request get the first answer again;
 * another request under the key is 422 `idempotency.mismatch`. A refusal stores nothing: nothing has happened.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly store: Store,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<ApiRequest>();
    const key = request.headers['idempotency-key'];
    if (key === undefined || this.reflector.get<boolean>(metadata.idempotent, context.getHandler()) !== true) {
      return next.handle();
    }
    if (typeof key !== 'string' || !keyPattern.test(key)) {
      throw new AppError(400, 'idempotency.key', { detail: 'Idempotency-Key: 1 to 200 visible ASCII characters' });
    }
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return from(this.once(principalOf(request), key, request, reply, next));
  }

  private once(caller: Principal, key: string, request: ApiRequest, reply: FastifyReply, next: CallHandler) {
    const { workspaceId } = caller;
    return this.store.oneTransaction(workspaceId, async (tx) => {
      const claimed = await claimIdempotencyKey(tx, { workspaceId, key, requestHash: hashOf(request) });
      switch (claimed.kind) {
        case 'mismatch':
          throw new AppError(422, 'idempotency.mismatch', {
            detail: 'This Idempotency-Key was used for another request',
            errors: [{ path: 'Idempotency-Key', code: 'idempotency.mismatch', message: 'used for another request' }],
          });
        case 'answered':
          reply.status(claimed.status).header('Idempotency-Replayed', 'true');
          return claimed.response;
        case 'new': {
          const response: unknown = await lastValueFrom(next.handle(), { defaultValue: undefined });
          await storeAnswer(tx, { workspaceId, key, status: reply.statusCode, response });
          return response;
        }
      }
    });
  }
}

function hashOf(request: ApiRequest): Buffer {
  return createHash('sha256')
    .update(`${request.method} ${request.url}\n`)
    .update(request.rawBody ?? '')
    .digest();
}
