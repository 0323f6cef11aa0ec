import type { Kysely } from 'kysely';
import { statements } from './row-security.ts';

/** What struggles is found by an index that knows what was put off, too. The old one goes; old code looks without it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, indexes);
}

const indexes = `
create index effect_in_trouble on effect (workspace_id, run_id) where attempt >= 3 and state in ('planned', 'claimed', 'handedOff', 'deferred');
drop index effect_struggling;
`;
