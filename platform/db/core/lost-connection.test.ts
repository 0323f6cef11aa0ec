import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { lazyTransactions } from './lazy-transactions.ts';
import { ConnectionLost } from './lost-connection.ts';

/** A pool whose one connection breaks at `at`, and is unusable from then on, as the driver's are. */
function breakingPool(at: string, error: Error) {
  const released: unknown[] = [];
  let isBroken = false;
  const client = {
    connection: { stream: { cork: () => undefined, uncork: () => undefined } },
    query(config: string | { text: string }) {
      const text = typeof config === 'string' ? config : config.text;
      if (isBroken) return Promise.reject(new Error('Client has encountered a connection error and is not queryable'));
      if (text !== at) return Promise.resolve({ command: 'SELECT', rowCount: 0, rows: [] });
      isBroken = error !== refused;
      return Promise.reject(error);
    },
    release: (how: unknown) => released.push(how),
  };
  const connect = () => (at === 'connect' ? Promise.reject(error) : Promise.resolve(client));
  const pool = { options: {}, connect, end: () => Promise.resolve() } as unknown as pg.Pool;
  return { db: new Kysely<unknown>({ dialect: new PostgresDialect({ pool: lazyTransactions(pool) }) }), released };
}

const terminated = new Error('Connection terminated unexpectedly');
const stopped = Object.assign(new pg.DatabaseError('terminating connection', 0, 'error'), { code: '57P01' });
const refused = Object.assign(new pg.DatabaseError('a deferred constraint', 0, 'error'), { code: '23503' });

describe('a connection that is lost', () => {
  it.each([
    ['while it is opened', 'connect', terminated, false],
    ['with the opening of a transaction', 'begin', terminated, false],
    ['at a statement', 'select 1', terminated, false],
    ['during the commit', 'commit', terminated, true],
    ['by a server that stops during the commit', 'commit', stopped, true],
  ])(
    '%s says whether the transaction may have been written, and goes out of the pool',
    async (_, at, error, isOutcomeUnknown) => {
      const { db, released } = breakingPool(at, error);
      const work = db.transaction().execute((tx) => sql`select 1`.execute(tx));
      await expect(work).rejects.toMatchObject({ message: error.message, isOutcomeUnknown });
      expect(released).toEqual(at === 'connect' ? [] : [true]);
    },
  );

  it('is not one whose commit Postgres refuses', async () => {
    const { db } = breakingPool('commit', refused);
    const work = db.transaction().execute((tx) => sql`select 1`.execute(tx));
    await expect(work).rejects.not.toBeInstanceOf(ConnectionLost);
  });
});
