import type { PostgresPool, PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { ConnectionLost, driverError } from './lost-connection.ts';
import { PreparedStatements } from './prepared-statements.ts';

/** The statement by which a transaction takes up its workspace, with the workspace's id as its one parameter. */
export const enterWorkspace = `select set_config('app.workspace', $1, true)`;

/** What statements answer that are not sent, or not yet. */
const answers: Record<string, { command: string; rowCount: number; rows: unknown[] }> = {
  begin: { command: 'BEGIN', rowCount: 0, rows: [] },
  [enterWorkspace]: { command: 'SELECT', rowCount: 0, rows: [] },
  commit: { command: 'COMMIT', rowCount: 0, rows: [] },
  rollback: { command: 'ROLLBACK', rowCount: 0, rows: [] },
};

/**
 * Saves round trips: a transaction's `begin` and its workspace go out together with its first statement, and a transaction
 * without a statement is never begun. Nearly all that requests and activities do are such transactions. Statements that repeat
 * are prepared. The pool's clients must pipeline.
 */
export function lazyTransactions(pool: pg.Pool): PostgresPool {
  const prepared = new PreparedStatements();
  const clients = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  return {
    options: pool.options,
    async connect() {
      const client = await pool.connect().catch((error: unknown) => {
        throw driverError(error);
      });
      const lazy = clients.get(client) ?? lazyClient(client, prepared);
      clients.set(client, lazy);
      return lazy;
    },
    end: () => pool.end(),
  };
}

function lazyClient(client: pg.PoolClient, prepared: PreparedStatements): PostgresPoolClient {
  let opening: string | null = null;
  let isLost = false;
  const failed = (error: unknown, text: string): unknown => {
    prepared.noteError(error);
    const thrown = driverError(error, { isCommit: text === 'commit' });
    isLost ||= thrown instanceof ConnectionLost;
    return thrown;
  };
  const ask = (query: string | pg.QueryConfig, text: string): Promise<pg.QueryResult> =>
    client.query(query).catch((error: unknown) => {
      throw failed(error, text);
    });
  const send = (text: string, values: unknown[]): Promise<pg.QueryResult> => {
    const name = values.length > 0 ? prepared.nameOf(text) : undefined;
    return ask(name === undefined ? { text, values } : { name, text, values }, text);
  };
  /** If the opening fails, so does the statement behind it; the error of the opening is the one that says why. */
  const sendBehind = async (first: string, text: string, values: unknown[]): Promise<pg.QueryResult> => {
    const { stream } = client.connection;
    stream.cork();
    const both = Promise.all([ask(first, first), send(text, values)]);
    stream.uncork();
    return (await both)[1];
  };
  const query = async (text: string, values: unknown[]): Promise<unknown> => {
    const first = opening;
    // Nothing is left to roll back, and the error of before is the one that says why.
    if (isLost && text === 'rollback') return answers[text];
    if (text === 'begin') opening = text;
    else if (first === null) return send(text, values);
    else if (text === enterWorkspace) opening = `begin; ${enterWorkspaceNow(String(values[0]))}`;
    else {
      opening = null;
      if (!(text in answers)) return sendBehind(first, text, values);
    }
    return answers[text];
  };
  const release = (isBroken?: boolean): void => {
    opening = null;
    client.release(isBroken === true || isLost);
  };
  // Kysely asks for no more of a client than these two.
  return { query, release } as PostgresPoolClient;
}

/** As `enterWorkspace`; Postgres has nothing to plan for it. */
function enterWorkspaceNow(workspaceId: string): string {
  return `set local app.workspace = ${pg.escapeLiteral(workspaceId)}`;
}
