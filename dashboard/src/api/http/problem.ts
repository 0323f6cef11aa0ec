import type { Problem } from '../../../../contracts/http/problem.schema.ts';

/** A refusal of the API: an RFC 9457 problem. Screens switch on `code`, never on its words. */
export class ApiProblem extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
    this.name = 'ApiProblem';
  }

  /** The stable code, such as `gate.stale`. */
  get code(): string {
    return this.problem.code;
  }
}

/** No answer came: the API or the network is unavailable. Whether a write arrived is not known. */
export class ApiUnreachable extends Error {
  constructor() {
    super('The API cannot be reached');
    this.name = 'ApiUnreachable';
  }
}

/** What was to be made is there already, or what was to be changed was changed meanwhile. Nothing was written. */
export class NotAsSeen extends Error {
  readonly isNew: boolean;

  constructor(isNew: boolean) {
    super(isNew ? 'There is one of this name' : 'It was changed meanwhile');
    this.name = 'NotAsSeen';
    this.isNew = isNew;
  }
}

/** An answer, or null where there is no such thing. @throws what else went wrong */
export async function orNone<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiProblem && error.problem.status === 404) return null;
    throw error;
  }
}

/** Whether an error says that the user is not signed in. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof ApiProblem && error.problem.status === 401;
}

/** Whether an error is this refusal. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof ApiProblem && error.code === code;
}

/** Whether to ask again by itself: what is unavailable may come back, a refusal stays one. */
export function isWorthRetrying(error: unknown): boolean {
  return !(error instanceof ApiProblem) || error.problem.status === 503 || error.problem.status === 429;
}
