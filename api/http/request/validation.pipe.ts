import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import type { ProblemIssue } from '../../../contracts/http/problem.schema.ts';
import { AppError } from '../errors/app-error.ts';

/** JSON nested deeper than this is refused: nothing of ours is, and recursive code must not meet it. */
const maxDepth = 32;

/** Issues that are looked at; an answer names no more, however many there are. */
export const mostIssues = 50;

type Issue = { readonly message: string; readonly path?: readonly unknown[] | undefined; readonly code?: string };

/**
 * Checks body, query and path parameters against the zod schema of their decorator. A body that breaks its schema is 422,
 * query and path are 400 (an id in a path that is none: 404, there is no such thing). Text that Postgres cannot hold (NUL, lone surrogates) and very deep JSON are refused
 * before any schema sees them.
 */
@Injectable()
export class ValidationPipe implements PipeTransform {
  async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'custom') return value;
    if (metadata.type !== 'param') refuseUnusable(value);
    else if (findUnusable(value, maxDepth))
      throw new AppError(404, 'path.notFound', { detail: 'There is nothing here' });
    if (!metadata.schema) return value;
    const result = await metadata.schema['~standard'].validate(value ?? (metadata.type === 'body' ? {} : value));
    if (!result.issues) return result.value;
    const prefix = metadata.type !== 'body' && metadata.data !== undefined ? String(metadata.data) : '';
    const errors = result.issues.slice(0, mostIssues).flatMap((issue) => problemIssues(issue, prefix));
    if (metadata.type === 'param')
      throw new AppError(404, 'path.notFound', { detail: 'There is nothing here', errors });
    const isBody = metadata.type === 'body';
    throw new AppError(isBody ? 422 : 400, isBody ? 'request.invalid' : 'query.invalid', {
      detail: errors[0] ? `${errors[0].path || 'request'}: ${errors[0].message}` : 'The request breaks a rule',
      errors,
    });
  }
}

/** Zod's issues as the API shows them: one for each unknown field, with its own path. */
export function problemIssues(issue: Issue, prefix = ''): ProblemIssue[] {
  const steps = (issue.path ?? []).map((step) =>
    String(typeof step === 'object' && step !== null && 'key' in step ? step.key : step),
  );
  const path = [...(prefix ? [prefix] : []), ...steps].join('.');
  const keys = 'keys' in issue && Array.isArray(issue.keys) ? issue.keys.map(String) : [];
  if (issue.code === 'unrecognized_keys' && keys.length > 0) {
    return keys.slice(0, mostIssues).map((key) => ({
      path: path ? `${path}.${key}` : key,
      code: 'field.unknown',
      message: `unknown field "${key}"`,
    }));
  }
  return [{ path, code: `field.${issue.code ?? 'invalid'}`, message: issue.message }];
}

/** Lone surrogates: with the `u` flag the class matches only those that are not part of a pair. */
const unusable = /[\0\p{Surrogate}]/u;

function refuseUnusable(value: unknown): void {
  const issue = findUnusable(value, maxDepth);
  if (!issue) return;
  throw new AppError(422, 'request.invalid', {
    detail: `${issue.path || 'request'}: ${issue.message}`,
    errors: [issue],
  });
}

/** A value inside another one, and the way to it. */
type Part = { value: unknown; depth: number; key: string; outer: Part | null };

/** The first text in a value that Postgres cannot hold, or the first place deeper than `levels`; null when there is none. */
export function findUnusable(value: unknown, levels: number): ProblemIssue | null {
  const open: Part[] = [{ value, depth: 0, key: '', outer: null }];
  for (let part = open.pop(); part; part = open.pop()) {
    const { value: current, depth } = part;
    if (typeof current === 'string') {
      if (unusable.test(current)) {
        return { path: pathOf(part), code: 'text.unusable', message: 'holds a NUL or a broken character' };
      }
    } else if (typeof current === 'object' && current !== null && !Buffer.isBuffer(current)) {
      if (depth >= levels)
        return { path: pathOf(part), code: 'json.tooDeep', message: `nested deeper than ${levels} levels` };
      for (const [key, child] of Object.entries(current)) {
        if (unusable.test(key)) {
          const message = 'has a field whose name holds a broken character';
          return { path: pathOf(part), code: 'text.unusable', message };
        }
        open.push({ value: child, depth: depth + 1, key, outer: part });
      }
    }
  }
  return null;
}

/** The way to a part, dotted; made for the one that is named alone. */
function pathOf(part: Part): string {
  const keys: string[] = [];
  for (let at: Part | null = part; at?.outer; at = at.outer) keys.unshift(at.key);
  return keys.join('.');
}
