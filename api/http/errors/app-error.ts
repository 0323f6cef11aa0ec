import type { ProblemIssue } from '../../../contracts/http/problem.schema.ts';

/** What an `AppError` may add to its code. */
export type AppErrorOptions = {
  /** A message for a person; it must hold nothing that the caller may not know. */
  detail?: string;
  /** The parts of the request that are wrong. */
  errors?: ProblemIssue[];
  /** Further members of the problem document. */
  extra?: Record<string, unknown>;
  /** Seconds for `Retry-After`. */
  retryAfterSeconds?: number;
  /** Methods for `Allow`. */
  allow?: string[];
};

/**
 * A refusal that the caller gets as a problem document. `code` is stable and dotted (`journey.invalid`): clients switch on
 * it, so a code never changes its meaning.
 */
export class AppError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly options: AppErrorOptions = {},
  ) {
    super(options.detail ?? code);
  }
}

/** 404 with `<thing>.notFound`: it does not exist, or belongs to another workspace, which looks the same. */
export function notFound(thing: string): AppError {
  return new AppError(404, `${thing}.notFound`, { detail: `There is no such ${thing} here` });
}

/** 409: the state does not allow it. */
export function conflict(code: string, detail: string, extra?: Record<string, unknown>): AppError {
  return new AppError(409, code, { detail, ...(extra ? { extra } : {}) });
}

/** 422 with one error for each part that breaks a rule. */
export function invalid(code: string, errors: ProblemIssue[]): AppError {
  return new AppError(422, code, { detail: errors[0]?.message ?? 'The request breaks a rule', errors });
}
