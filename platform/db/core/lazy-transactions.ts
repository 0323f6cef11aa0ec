import type { PostgresPool, PostgresPoolClient } from 'kysely';
import pg from 'pg';
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
      const client = await pool.connect();
      const lazy = clients.get(client) ?? lazyClient(client, prepared);
      clients.set(client, lazy);
      return lazy;
    },
    end: () => pool.end(),
  };
}

function lazyClient(client: pg.PoolClient, prepared: PreparedStatements): PostgresPoolClient {
  let opening: string | null = null;
  const send = async (text: string, values: unknown[]): Promise<pg.QueryResult> => {
    const name = values.length > 0 ? prepared.nameOf(text) : undefined;
    try {
      return await client.query(name === undefined ? { text, values } : { name, text, values });
    } catch (error) {
      prepared.noteError(error);
      throw error;
    }
  };
  /** If the opening fails, so does the statement behind it; the error of the opening is the one that says why. */
  const sendBehind = async (first: string, text: string, values: unknown[]): Promise<pg.QueryResult> => {
    const { stream } = client.connection;
    stream.cork();
    const both = Promise.all([client.query(first), send(text, values)]);
    stream.uncork();
    return (await both)[1];
  };
  const query = async (text: string, values: unknown[]): Promise<unknown> => {
    const first = opening;
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
    client.release(isBroken);
  };
  // Kysely asks for no more of a client than these two.
  return { query, release } as PostgresPoolClient;
}

function enterWorkspaceNow(workspaceId: string): string {
  return enterWorkspace.replace('$1', () => pg.escapeLiteral(workspaceId));
}
