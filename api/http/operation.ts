import { applyDecorators, HttpCode, SetMetadata, UseInterceptors } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { Route } from '../../contracts/http/route.ts';
import { IdempotencyInterceptor } from './request/idempotency.interceptor.ts';

/** Metadata keys that the guard reads. */
export const metadata = {
  access: 'throughline:access',
  alsoNeeds: 'throughline:alsoNeeds',
  or: 'throughline:or',
} as const;

/**
 * Describes everything about a route except its path: who may call it, what it answers, whether it can be repeated safely. For
 * the pages that the server renders; what a client calls has `@Route`.
 */
export function Operation(
  options: Pick<Route, 'summary' | 'access' | 'alsoNeeds' | 'or' | 'answer' | 'status' | 'produces' | 'idempotent'>,
): MethodDecorator {
  const status = options.status ?? (options.answer || options.produces ? 200 : 204);
  const { access, alsoNeeds, or } = options;
  const extensions = {
    'x-access': access,
    ...(alsoNeeds ? { 'x-also-needs': alsoNeeds } : {}),
    ...(or ? { 'x-or': or } : {}),
    ...(options.idempotent ? { 'x-idempotent': true } : {}),
  };
  return applyDecorators(
    HttpCode(status),
    SetMetadata(metadata.access, access),
    SetMetadata(metadata.alsoNeeds, alsoNeeds),
    SetMetadata(metadata.or, or),
    RouteConfig({ access }),
    ...(options.idempotent ? [UseInterceptors(IdempotencyInterceptor)] : []),
    ApiOperation({
      summary: options.summary,
      ...(access === 'public' ? { security: [] } : {}),
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
