import pg from 'pg';

/** SQLSTATE classes of a server that ends connections or shuts down. */
const endingClasses = ['08', '57P'];

/**
 * No connection to Postgres could be had, or it broke. `isOutcomeUnknown`: while a transaction was being committed, so that it may have
 * been written or not; otherwise the transaction was not written.
 */
export class ConnectionLost extends Error {
  readonly isOutcomeUnknown: boolean;

  constructor(cause: unknown, isOutcomeUnknown: boolean) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.isOutcomeUnknown = isOutcomeUnknown;
  }
}

/**
 * What to throw for an error of the driver: those without a SQLSTATE say that the connection is gone, others that Postgres refused. A
 * statement that cannot even be written, with values of no use, is a fault of ours and stays what it is.
 */
export function driverError(error: unknown, { isCommit = false } = {}): unknown {
  if (error instanceof TypeError || error instanceof RangeError) return error;
  const state = error instanceof pg.DatabaseError ? (error.code ?? '') : null;
  if (state === null) return new ConnectionLost(error, isCommit);
  return isCommit && endingClasses.some((prefix) => state.startsWith(prefix)) ? new ConnectionLost(error, true) : error;
}
