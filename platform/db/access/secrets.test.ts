import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { masterKeys } from '../../keys/master-keys.ts';
import { SealError } from '../../keys/seal.ts';
import { kysely } from '../core/kysely.ts';
import { inWorkspace, type Tx } from '../core/workspace.ts';
import { deleteSecret, listSecrets, openSecret, setSecret } from './secrets.ts';

describe('a secret of a workspace', () => {
  let database: TestDatabase;
  let memberId: string;
  beforeAll(async () => {
    database = await createTestDatabase();
    memberId = await member('Ada');
  });
  afterAll(() => database?.stop());

  const keys = masterKeys({ THROUGHLINE_KEY: 'a key of 32 characters or more 1' });
  const within = <T>(work: (tx: Tx) => Promise<T>, workspaceId = database.workspaceId): Promise<T> =>
    inWorkspace(database.app, workspaceId, work);
  const place = () => ({ workspaceId: database.workspaceId, name: 'crm.hubspot' });
  const by = () => ({ actor: { kind: 'member' as const, id: memberId }, requestId: 'r-1' });
  const set = (value: string, shown?: string) =>
    within((tx) => setSecret(tx, keys, { ...place(), ...by(), value, ...(shown === undefined ? {} : { shown }) }));

  async function member(name: string): Promise<string> {
    const { id: person_id } = await kysely(database.system)
      .insertInto('person')
      .values({ email: 'ada@example.com', name })
      .returning('id')
      .executeTakeFirstOrThrow();
    const row = { workspace_id: database.workspaceId, person_id, email: 'ada@example.com', name, roles: ['admin'] };
    return (await kysely(database.system).insertInto('member').values(row).returning('id').executeTakeFirstOrThrow())
      .id;
  }

  it('is read as it was set, replaced as a whole, and shows its last characters alone', async () => {
    await set('pat-eu1-0000-0000-1234');
    expect(await within((tx) => openSecret(tx, keys, place()))).toBe('pat-eu1-0000-0000-1234');
    expect(await within((tx) => listSecrets(tx, database.workspaceId))).toEqual([
      { name: 'crm.hubspot', endsWith: '1234', setAt: expect.any(Date), setBy: 'Ada' },
    ]);
    await set('short-5678');
    expect(await within((tx) => openSecret(tx, keys, place()))).toBe('short-5678');
    expect(await within((tx) => listSecrets(tx, database.workspaceId))).toMatchObject([{ endsWith: '' }]);
    await set('{"clientId":"public","token":"pat-eu1-0000-0000-9999"}', 'pat-eu1-0000-0000-9999');
    expect(await within((tx) => listSecrets(tx, database.workspaceId))).toMatchObject([{ endsWith: '9999' }]);
  });

  it('is nowhere in the row or the audit log, which says who set and deleted it', async () => {
    await set('very-secret-value-0001');
    expect(await within((tx) => deleteSecret(tx, { ...place(), ...by() }))).toBe(true);
    expect(await within((tx) => deleteSecret(tx, { ...place(), ...by() }))).toBe(false);
    expect(await within((tx) => openSecret(tx, keys, place()))).toBeNull();
    await set('very-secret-value-0001');
    const { rows } = await sql<{ text: string }>`
      select 'secret' as at, s::text as text from secret s union all select 'audit', a::text from audit_entry a`.execute(
      kysely(database.system),
    );
    const stored = rows.map(({ text }) => text).join('\n');
    expect(stored).not.toContain(Buffer.from('very-secret').toString('hex'));
    expect(stored).not.toContain('very-secret');
    const acts = await kysely(database.system).selectFrom('audit_entry').selectAll().orderBy('id').execute();
    expect(acts.slice(-2)).toMatchObject([
      { act: 'secret.deleted', actor_id: memberId, subject_kind: 'secret', subject_id: 'crm.hubspot' },
      { act: 'secret.set', request_id: 'r-1' },
    ]);
  });

  it('is of one workspace and one name, also for who can write to the table', async () => {
    await set('pat-eu1-0000-0000-1234');
    const other = await database.addWorkspace();
    expect(await within((tx) => openSecret(tx, keys, place()), other)).toBeNull();
    expect(await within((tx) => listSecrets(tx, database.workspaceId), other)).toEqual([]);
    await sql`insert into secret (workspace_id, name, ciphertext, key_id)
      select ${other}, name, ciphertext, key_id from secret where workspace_id = ${database.workspaceId}`.execute(
      kysely(database.system),
    );
    const moved = within((tx) => openSecret(tx, keys, { ...place(), workspaceId: other }), other);
    await expect(moved).rejects.toThrow(SealError);
  });
});
