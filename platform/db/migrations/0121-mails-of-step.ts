import type { Kysely } from 'kysely';
import { buildIndex } from './migrate.ts';

/** The indexes behind the list of who got a mail: that of a step, and that of a template in each of its versions. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await buildIndex(db, {
    name: 'effect_mails_of_step',
    on: "effect (workspace_id, step, id desc) where kind = 'email'",
  });
  await buildIndex(db, {
    name: 'effect_mails_of_template',
    on: `effect (workspace_id, ((request -> 'content' ->> 'template') collate "C"), id desc) where kind = 'email'`,
  });
}

/** Indexes are built while everything goes on. */
export const transaction = false;
