import { describe, expect, it } from 'vitest';
import { useOwnedDatabase } from '../../../test/support/use-owned-database.ts';
import { kysely } from '../core/kysely.ts';
import { up } from './0113-consents-of-before.ts';

describe('opt-outs of before', () => {
  const opened = useOwnedDatabase();

  it('come into what each person has said once, over more than one page and however often it runs', async () => {
    const { workspaceId, system } = opened.database;
    const people = Array.from({ length: 1_001 }, (_, at) => ({ workspace_id: workspaceId, external_id: `c-${at}` }));
    const contacts = await kysely(system).insertInto('contact').values(people).returning('id').execute();
    const said = contacts.map(({ id }) => ({
      contact_id: id,
      channel: 'email',
      reason: 'unsubscribed',
      note: 'By phone',
    }));
    await kysely(system)
      .insertInto('opt_out')
      .values(said.map((row) => ({ workspace_id: workspaceId, ...row })))
      .execute();
    for (let times = 0; times < 2; times++) await up(kysely(opened.owner) as unknown as Parameters<typeof up>[0]);
    const rows = await kysely(system).selectFrom('consent_change').selectAll().execute();
    expect(rows).toHaveLength(1_001);
    expect(new Set(rows.map((row) => row.contact_id)).size).toBe(1_001);
    expect(rows[0]).toMatchObject({ channel: 'email', is_open: false, reason: 'unsubscribed', note: 'By phone' });
  });
});
