import type { Kysely } from 'kysely';
import { buildIndex } from './migrate.ts';

/** Finds the effects that have not come to an end and whose last call failed, such as those whose key was refused. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await buildIndex(db, {
    name: 'effect_put_off',
    on: `effect (workspace_id, run_id) where error is not null and state in ('planned', 'claimed', 'handedOff', 'deferred')`,
  });
}

/** Indexes are built while everything goes on. */
export const transaction = false;
