import { applyDecorators, HttpCode, SetMetadata, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Permission } from '../../contracts/access/access.ts';
import { IdempotencyInterceptor } from './request/idempotency.interceptor.ts';

/** Metadata keys that the guard reads. */
export const metadata = { access: 'throughline:access' } as const;

/**
 * Who may call a route: holders of a right; anyone who is signed in or has a key (`signedIn`); anyone at all (`public`).
 * A route that says nothing is refused.
 */
export type Access = Permission | 'signedIn' | 'public';

/** What a route promises. */
export type OperationOptions = {
  /** One short sentence, present tense, for the OpenAPI document. */
  summary: string;
  access: Access;
  /** The schema of the answer; none for an answer without a body. */
  answer?: z.ZodType;
  /** 200 unless given. */
  status?: number;
  /** Media type of an answer that is not JSON. */
  produces?: string;
  /** The write takes `Idempotency-Key`: it runs in one transaction with the key's row, see `IdempotencyInterceptor`. */
  idempotent?: boolean;
};

/**
 * Describes everything about a route except its path: who may call it, what it answers, whether it can be repeated safely.
 */
export function Operation(options: OperationOptions): MethodDecorator {
  const status = options.status ?? (options.answer || options.produces ? 200 : 204);
  const extensions = { 'x-access': options.access, ...(options.idempotent ? { 'x-idempotent': true } : {}) };
  return applyDecorators(
    HttpCode(status),
    SetMetadata(metadata.access, options.access),
    ...(options.idempotent ? [UseInterceptors(IdempotencyInterceptor)] : []),
    ApiOperation({
      summary: options.summary,
      ...(options.access === 'public' ? { security: [] } : {}),
      ...extensions,
    }),
    ApiResponse({
      status,
      description: options.summary,
      ...(options.answer ? { standardSchema: options.answer } : {}),
      ...(options.produces ? { content: { [options.produces]: {} } } : {}),
    }),
  );
}
