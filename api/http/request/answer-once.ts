import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { claimIdempotencyKey, storeAnswer } from '../../../platform/db/access/idempotency.ts';
import { AppError } from '../errors/app-error.ts';
import type { ApiRequest, Principal } from '../caller/principal.ts';
import type { Store } from '../store.ts';

/** 1 to 200 visible ASCII characters. */
const keyPattern = /^[\x21-\x7e]{1,200}$/;

/** The `Idempotency-Key` of a request; null without one. @throws AppError 400 `idempotency.key` */
export function idempotencyKeyOf(request: ApiRequest): string | null {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key === 'string' && keyPattern.test(key)) return key;
  throw new AppError(400, 'idempotency.key', { detail: 'Idempotency-Key: 1 to 200 visible ASCII characters' });
}

/** A write under a key; `requestHash` distinguishes this request from another one under the same key. */
export type KeyedWrite = { caller: Principal; key: string; requestHash: Buffer; reply: FastifyReply };

/**
 * Runs `work` once for a key: the key's row, the work and the stored answer commit together, so a crash leaves nothing and
 * a concurrent duplicate waits for the first. A repetition gets the first answer again. @throws AppError 422
 * `idempotency.mismatch`
 */
export function answerOnce<T>(store: Store, write: KeyedWrite, work: () => Promise<T>): Promise<T> {
  const { key, requestHash, reply } = write;
  const { workspaceId, actor } = write.caller;
  // An answer is for the caller it was made for: the same key of another one is a mismatch.
  const owned = createHash('sha256').update(`${actor.kind} ${actor.id}\n`).update(requestHash).digest();
  return store.oneTransaction(workspaceId, async (tx) => {
    const claimed = await claimIdempotencyKey(tx, { workspaceId, key, requestHash: owned });
    switch (claimed.kind) {
      case 'mismatch':
        throw new AppError(422, 'idempotency.mismatch', {
          detail: 'This Idempotency-Key was used for another request',
          errors: [{ path: 'Idempotency-Key', code: 'idempotency.mismatch', message: 'used for another request' }],
        });
      case 'answered':
        reply.status(claimed.status).header('Idempotency-Replayed', 'true');
        // What was stored is what the same operation answered.
        return claimed.response as T;
      case 'new': {
        const response = await work();
        await storeAnswer(tx, { workspaceId, key, status: reply.statusCode, response });
        return response;
      }
    }
  });
}
