import { AsyncLocalStorage } from 'node:async_hooks';
import pg from 'pg';

const asked = new AsyncLocalStorage<string[]>();

/**
 * What `work` asks Postgres for, in its order: each text that the driver sends. What opens a transaction and names its workspace is one, as is
 * the commit. What runs beside `work` does not count.
 */
export async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const { prototype } = pg.Client;
  const query = prototype.query as (this: pg.Client, ...args: unknown[]) => unknown;
  const counting = function (this: pg.Client, ...args: unknown[]): unknown {
    const [what] = args;
    asked.getStore()?.push(typeof what === 'string' ? what : String((what as { text?: unknown }).text));
    return query.apply(this, args);
  };
  Object.assign(prototype, { query: counting });
  try {
    const statements: string[] = [];
    await asked.run(statements, work);
    return statements;
  } finally {
    Object.assign(prototype, { query });
  }
}
