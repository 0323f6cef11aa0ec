import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiBody, type ApiBodyOptions } from '@nestjs/swagger';
import type { ProblemIssue } from '../../contracts/api/problem.schema.ts';
import { AppError } from './app-error.ts';
import type { ApiRequest } from './principal.ts';
import { findUnusable, problemIssues } from './validation.pipe.ts';
import { z } from 'zod';

/**
 * Parameter decorator: the JSON body as it was parsed, past the pipe. For routes that judge each part of a body by itself, or
 * take deeper JSON; they name its schema by `@DocumentedBody` and must use `readBody`.
 */
export const JsonBody = createParamDecorator(
  (_: unknown, context: ExecutionContext): unknown => context.switchToHttp().getRequest<ApiRequest>().body,
);

/** Says in the OpenAPI document what a route with `@JsonBody` takes. The schema must not name parts (`meta({ id })` inside). */
export function DocumentedBody(schema: z.ZodType): MethodDecorator {
  const { id: _, ...json } = z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'input' });
  // Both are JSON Schema of OpenAPI 3.0; their types differ in optional keywords only.
  return ApiBody({ schema: json } as ApiBodyOptions);
}

/** Reads a body by its schema. @throws AppError 422 `request.invalid` as the pipe does */
export function readBody<T extends z.ZodType>(schema: T, body: unknown): z.infer<T> {
  const result = schema.safeParse(body ?? {});
  if (result.success) return result.data;
  throw refusal(result.error.issues.flatMap((issue) => problemIssues(issue)));
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
