import type { ProblemIssue } from '../../../contracts/http/problem.schema.ts';
import { AppError } from '../errors/app-error.ts';
import { findUnusable, mostIssues, problemIssues } from './validation.pipe.ts';
import type { z } from 'zod';

/** Reads a body by its schema; `prefix` is the path of a part of it. @throws AppError 422 `request.invalid` as the pipe does */
export function readBody<T extends z.ZodType>(schema: T, body: unknown, prefix = ''): z.infer<T> {
  const result = schema.safeParse(body ?? {});
  if (result.success) return result.data;
  throw refusal(result.error.issues.slice(0, mostIssues).flatMap((issue) => problemIssues(issue, prefix)));
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
