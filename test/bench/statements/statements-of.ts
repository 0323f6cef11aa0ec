import { AsyncLocalStorage } from 'node:async_hooks';
import pg from 'pg';

/** What the driver sent once. */
export type Asked = { text: string; values: unknown[] };

const asked = new AsyncLocalStorage<Asked[]>();

/**
 * What `work` asks Postgres for, in its order: each text that the driver sends. What opens a transaction and names its workspace is one, as is
 * the commit. What runs beside `work` does not count.
 */
export async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  return (await askedBy(work)).map(({ text }) => text);
}

/** As `statementsOf`, each with its parameters. */
export async function askedBy(work: () => Promise<unknown>): Promise<Asked[]> {
  const { prototype } = pg.Client;
  const query = prototype.query as (this: pg.Client, ...args: unknown[]) => unknown;
  const counting = function (this: pg.Client, ...args: unknown[]): unknown {
    const [what] = args;
    const { text, values = [] } = (typeof what === 'string' ? { text: what } : what) as Partial<Asked>;
    asked.getStore()?.push({ text: String(text), values });
    return query.apply(this, args);
  };
  Object.assign(prototype, { query: counting });
  try {
    const statements: Asked[] = [];
    await asked.run(statements, work);
    return statements;
  } finally {
    Object.assign(prototype, { query });
  }
}
