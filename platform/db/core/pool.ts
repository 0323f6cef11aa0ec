import { Kysely, PostgresDialect } from 'kysely';
import { createPool, type Patience } from './connections.ts';
import { opaque, type Opaque } from './kysely.ts';
import { lazyTransactions } from './lazy-transactions.ts';
import type { DatabaseConfig, Role } from './role-logins.ts';
import type { Database } from '../tables/tables.ts';

/** The database under one role; `destroy()` closes its connections. */
export type Db = Opaque<Kysely<Database>> & { destroy(): Promise<void> };

/** The patience of those who wait for a connection. */
export const patience = {
  request: { connectMs: 2_000, queueMs: 2_000 },
  activity: { connectMs: 10_000, queueMs: 0 },
} as const satisfies Record<string, Patience>;

/** Opens the database under a role, with `max` connections at most. */
export function createDb(config: DatabaseConfig, role: Role, max: number, patient: Patience = patience.request): Db {
  const pool = lazyTransactions(createPool(config, role, max, patient));
  const builder = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
  return { ...opaque(builder), destroy: () => builder.destroy() };
}
