import type { Kysely } from 'kysely';
import { protect, statements } from '../row-security.ts';

/**
 * Sign-in links are under row-level security like every table with a workspace; requests reach them by definer functions alone, as
 * before.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await protect(db, 'sign_in_link', ['select']);
  await statements(db, 'revoke all on sign_in_link from tl_app;');
}
