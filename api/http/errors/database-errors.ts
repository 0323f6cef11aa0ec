import { ConnectionLost } from '../../../platform/db/core/lost-connection.ts';
import { isStale } from '../../../platform/db/core/prepared-statements.ts';
import { AppError } from './app-error.ts';

/** SQLSTATEs of text and numbers that Postgres cannot hold: NUL, broken UTF-8, out of range, not of the type. */
const callerStates = new Set(['22021', '22P05', '22P02', '22003', '22008', '22001', '22030']);
/** SQLSTATEs of two writers in each other's way: the same request succeeds a moment later. */
const contentionStates = new Set(['55P03', '40001', '40P01', '57014', '25P04', '25P03']);
/** Classes of a server that is unavailable, full or shutting down. */
const awayClasses = ['08', '53', '57', '58'];

/**
 * What an error of the database driver means for the caller: 422 for values that cannot be stored, 503 with `Retry-After`
 * when the database is busy or away, and a code of its own where it may have been written; undefined for anything else.
 */
export function fromDatabase(thrown: unknown): AppError | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
  if (callerStates.has(code)) {
    return new AppError(422, 'value.unusable', {
      detail: 'A value cannot be stored: broken text or a number out of range',
    });
  }
  if (contentionStates.has(code) || isStale(thrown)) {
    return new AppError(503, 'database.busy', { detail: 'Try again in a moment', retryAfterSeconds: 1 });
  }
  if (thrown instanceof ConnectionLost && thrown.isOutcomeUnknown) {
    return new AppError(503, 'database.outcomeUnknown', {
      detail:
        'The database went away while this was being written, which may have happened or not. Repeat the request with the same key',
      retryAfterSeconds: 2,
    });
  }
  const isAway = thrown instanceof ConnectionLost || awayClasses.some((prefix) => code.startsWith(prefix));
  return isAway
    ? new AppError(503, 'database.unavailable', {
        detail: 'The database is unavailable. Repeat the request with the same key',
        retryAfterSeconds: 2,
      })
    : undefined;
}

/** Whether an error is a unique violation of the named constraint or index (any, without a name). */
export function isUniqueViolation(thrown: unknown, constraint?: string): boolean {
  if (!(thrown instanceof Error) || !('code' in thrown) || thrown.code !== '23505') return false;
  return constraint === undefined || ('constraint' in thrown && thrown.constraint === constraint);
}
