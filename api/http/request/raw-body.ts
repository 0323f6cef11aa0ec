import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiBody, type ApiBodyOptions } from '@nestjs/swagger';
import type { ProblemIssue } from '../../../contracts/core/problem.schema.ts';
import { AppError } from '../errors/app-error.ts';
import type { ApiRequest } from '../caller/principal.ts';
import { findUnusable, problemIssues } from './validation.pipe.ts';
import { z } from 'zod';

/**
 * Parameter decorator: the JSON body as it was parsed, past the pipe. For routes that validate each part of a body by
 * itself, or take deeper JSON; they name its schema by `@DocumentedBody` and must use `readBody`.
 */
export const JsonBody = createParamDecorator(
  (_: unknown, context: ExecutionContext): unknown => context.switchToHttp().getRequest<ApiRequest>().body,
);

/**
 * Says in the OpenAPI document what a route with `@JsonBody` takes: the schema is written out in place, so it must not refer to
 * itself.
 */
export function DocumentedBody(schema: z.ZodType): MethodDecorator {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io: 'input', metadata: z.registry(), cycles: 'throw' });
  // OpenAPI 3.1 takes JSON Schema as it is; the decorator's type is of 3.0.
  return ApiBody({ schema: json } as ApiBodyOptions);
}

/** Reads a body by its schema; `prefix` is the path of a part of it. @throws AppError 422 `request.invalid` as the pipe does */
export function readBody<T extends z.ZodType>(schema: T, body: unknown, prefix = ''): z.infer<T> {
  const result = schema.safeParse(body ?? {});
  if (result.success) return result.data;
  throw refusal(result.error.issues.flatMap((issue) => problemIssues(issue, prefix)));
}

/** Refuses JSON that Postgres cannot hold or that is deeper than `maxDepth`. @throws AppError 422 `request.invalid` */
export function requireUsable(value: unknown, maxDepth: number): void {
  const issue = findUnusable(value, maxDepth);
  if (issue) throw refusal([issue]);
}

function refusal(errors: ProblemIssue[]): AppError {
  const [first] = errors;
  const detail = first ? `${first.path || 'request'}: ${first.message}` : 'The request breaks a rule';
  return new AppError(422, 'request.invalid', { detail, errors });
}
