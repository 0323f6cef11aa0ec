import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startPostgres, type PostgresServer } from '../../local/postgres/server.ts';
import { rotateStored } from '../../platform/db/keys/key-rotation.ts';
import { openMasterKeys } from '../../platform/db/keys/master-keys.ts';
import { openSecret, setSecret } from '../../platform/db/access/secrets.ts';
import { subscriptionOf, unsubscribe } from '../../platform/db/contacts/contact-preferences.ts';
import { hashedEmail, isSuppressed } from '../../platform/db/contacts/suppression.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { createDb, type Db } from '../../platform/db/core/pool.ts';
import type { DatabaseConfig, Role } from '../../platform/db/core/role-logins.ts';
import { ensureDatabase } from '../../platform/db/core/server.ts';
import { inWorkspace, type Tx } from '../../platform/db/core/workspace.ts';
import { prepareDatabase } from '../../platform/db/migrations/bootstrap.ts';
import { masterKey, type MasterKeys } from '../../platform/keys/master-keys.ts';
import { newId } from '../../platform/ids.ts';
import { readUnsubscribeToken, unsubscribeToken } from '../../platform/unsubscribe.ts';
import { testPort } from '../../test/support/ports.ts';
import { forgetOldKey, rotateKeys } from './key-commands.ts';
import { root } from '../support/root.ts';

const [first, second, third] = ['1', '2', '3'].map((digit) => `a master key of these tests ${digit.repeat(8)}`) as [
  string,
  string,
  string,
];

// Role passwords belong to a whole server, so this one is the test's own.
describe('a new master key (security 5)', () => {
  mkdirSync(join(root, '.throughline/test'), { recursive: true });
  const home = mkdtempSync(join(root, '.throughline/test/keys-'));
  const workspaceId = newId();
  let server: PostgresServer;
  let databaseUrl: string;
  /** A pool that was opened before everything, by a process that knows the key to come too. */
  let early: Db;
  beforeAll(async () => {
    server = await startPostgres({ home, port: await testPort('postgres'), log: join(home, 'postgres.log') });
    databaseUrl = await ensureDatabase(server.adminUrl, 'keys');
    await prepareDatabase(settings(first));
    early = createDb(settings(first, second), 'tl_app', 5);
    await as(settings(first), 'tl_system', async (db) => {
      await kysely(db).insertInto('workspace').values({ id: workspaceId, slug: 'keys', name: 'Keys' }).execute();
    });
  });
  afterAll(async () => {
    await early?.destroy();
    await server?.stop();
    for (const folder of [home, server?.data ?? home]) rmSync(folder, { recursive: true, force: true });
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  const settings = (key: string, ...old: string[]): DatabaseConfig => ({
    DATABASE_URL: databaseUrl,
    THROUGHLINE_KEY: key,
    THROUGHLINE_OLD_KEYS: old,
  });

  async function as<T>(config: DatabaseConfig, role: Role, work: (db: Db) => Promise<T>): Promise<T> {
    const db = createDb(config, role, 2);
    try {
      return await work(db);
    } finally {
      await db.destroy();
    }
  }
  /** What a process with these settings does in the workspace. */
  const within = <T>(config: DatabaseConfig, work: (tx: Tx, keys: MasterKeys) => Promise<T>): Promise<T> =>
    as(config, 'tl_app', async (db) => {
      const keys = await as(config, 'tl_system', (system) => openMasterKeys(system, config));
      return inWorkspace(db, workspaceId, (tx) => work(tx, keys));
    });

  async function contact(email: string): Promise<string> {
    return as(settings(first, second, third), 'tl_system', async (db) => {
      const values = { workspace_id: workspaceId, external_id: newId(), email };
      return (await kysely(db).insertInto('contact').values(values).returning('id').executeTakeFirstOrThrow()).id;
    });
  }
  const target = (contactId: string) => ({ workspaceId, contactId, channel: 'email' as const });

  /** Runs a command with these keys. @returns what it printed */
  async function run({ THROUGHLINE_KEY, THROUGHLINE_OLD_KEYS = [] }: DatabaseConfig, command: () => Promise<void>) {
    vi.stubEnv('DATABASE_URL', databaseUrl);
    vi.stubEnv('THROUGHLINE_KEY', THROUGHLINE_KEY);
    vi.stubEnv('THROUGHLINE_OLD_KEYS', THROUGHLINE_OLD_KEYS.join(','));
    const writes = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write').mockReturnValue(true));
    await command();
    return writes.flatMap((write) => write.mock.calls.map(([text]) => String(text))).join('');
  }

  const secret = { workspaceId, name: 'crm.hubspot' };
  const actor = { kind: 'system' as const, id: null };
  let [staying, erased] = ['', ''];
  let oldLink = '';

  it('reads what the key before has made, before anything is rotated, and the roles go on with their passwords', async () => {
    [staying, erased] = [await contact('ana@example.com'), await contact('gone@example.com')];
    await within(settings(first), async (tx, keys) => {
      await setSecret(tx, keys, { ...secret, actor, value: 'pat-eu1-0000-0000-1234' });
      for (const contactId of [staying, erased]) await unsubscribe(tx, keys, target(contactId));
      oldLink = unsubscribeToken(keys, target(staying));
    });
    await as(settings(first), 'tl_system', (db) => kysely(db).deleteFrom('contact').where('id', '=', erased).execute());

    expect(await prepareDatabase(settings(second, first))).toEqual([]);
    await within(settings(second, first), async (tx, keys) => {
      expect(await subscriptionOf(tx, keys, target(staying))).toBe('unsubscribed');
      expect(await openSecret(tx, keys, secret)).toBe('pat-eu1-0000-0000-1234');
      expect(readUnsubscribeToken(keys, oldLink)).toEqual(target(staying));
    });
    // Processes that were not started again yet log in as before.
    await within(settings(first, second), (tx) => kysely(tx).selectFrom('contact').select('id').execute());
  });

  it('is refused where the one before is needed and not given, before it has changed a password', async () => {
    const id = masterKey(first).id;
    await expect(prepareDatabase(settings(third))).rejects.toThrow(
      `the key ${[id, masterKey(second).id].sort().join(', ')}`,
    );
    await expect(prepareDatabase(settings(second))).rejects.toThrow(`the key ${id} of before is still needed`);
    await within(settings(first, second), (tx) => kysely(tx).selectFrom('contact').select('id').execute());
  });

  it('has everything after a rotation that was broken off and run again, without the key before in the settings', async () => {
    const broken = as(settings(second, first), 'tl_system', async (db) => {
      const keys = await openMasterKeys(db, settings(second, first));
      await rotateStored(db, keys, () => {
        throw new Error('killed');
      });
    });
    await expect(broken).rejects.toThrow('killed');
    const printed = await run(settings(second, first), rotateKeys);
    expect(printed).toContain('1 opt-outs hashed anew');
    expect(printed).toContain('1 opt-outs are of addresses that no contact has');
    expect(printed).toContain('THROUGHLINE_OLD_KEYS may go');
    expect(await run(settings(second), rotateKeys)).toContain('0 secrets sealed and 0 opt-outs hashed anew');

    await within(settings(second), async (tx, keys) => {
      expect(await subscriptionOf(tx, keys, target(staying))).toBe('unsubscribed');
      expect(await isSuppressed(tx, hashedEmail(keys, workspaceId, 'gone@example.com'))).toBe(true);
      expect(await isSuppressed(tx, hashedEmail(keys, workspaceId, 'new@example.com'))).toBe(false);
      expect(await openSecret(tx, keys, secret)).toBe('pat-eu1-0000-0000-1234');
      expect(readUnsubscribeToken(keys, oldLink)).toEqual(target(staying));
    });
    const stored = await as(settings(second), 'tl_system', async (db) => {
      const { rows } = await sql<{ text: string }>`select k::text as text from master_key k union all
        select s::text from secret s`.execute(kysely(db));
      return rows.map(({ text }) => text).join('\n');
    });
    expect(stored).not.toContain(Buffer.from(first).toString('hex').slice(0, 30));
    // The pool of before the rotation opens connections by the new password; who knows the old key alone cannot.
    await Promise.all(Array.from({ length: 4 }, () => kysely(early).selectFrom('workspace').select('id').execute()));
    await expect(within(settings(first), () => Promise.resolve())).rejects.toThrow('password authentication failed');
  });

  it('goes on past a secret that cannot be opened, names it and ends with an error', async () => {
    const odd = {
      workspace_id: workspaceId,
      name: 'aaa.odd',
      ciphertext: Buffer.alloc(40),
      key_id: masterKey(first).id,
    };
    await as(settings(second), 'tl_system', (db) => kysely(db).insertInto('secret').values(odd).execute());
    await within(settings(second, first), async (tx, keys) =>
      setSecret(tx, { ...keys, current: masterKey(first) }, { workspaceId, name: 'bbb.fine', value: 'x', actor }),
    );
    await expect(run(settings(second, first), rotateKeys)).rejects.toThrow(
      `1 secrets cannot be opened and stay as they are: ${workspaceId} aaa.odd.`,
    );
    await within(settings(second), async (tx, keys) =>
      expect(await openSecret(tx, keys, { workspaceId, name: 'bbb.fine' })).toBe('x'),
    );
    await as(settings(second), 'tl_system', (db) =>
      kysely(db).deleteFrom('secret').where('name', 'in', ['aaa.odd', 'bbb.fine']).execute(),
    );
  });

  it('follows another one, and what the first has signed is read still', async () => {
    await run(settings(third, second), rotateKeys);
    await within(settings(third), async (tx, keys) => {
      expect(keys.all).toHaveLength(3);
      expect(readUnsubscribeToken(keys, oldLink)).toEqual(target(staying));
      expect(await isSuppressed(tx, hashedEmail(keys, workspaceId, 'gone@example.com'))).toBe(true);
      expect(await openSecret(tx, keys, secret)).toBe('pat-eu1-0000-0000-1234');
    });
  });

  it('lets one of before be forgotten, which says what goes with it', async () => {
    const { id } = masterKey(first);
    // Code of before, which knew one key, noted none.
    const optOut = { workspace_id: workspaceId, channel: 'email', address_hash: 'of before', reason: 'unsubscribed' };
    await as(settings(third), 'tl_system', (db) => kysely(db).insertInto('suppression').values(optOut).execute());
    await expect(run(settings(third), () => forgetOldKey(masterKey(third).id, true))).rejects.toThrow(
      'No key of before',
    );
    await expect(run(settings(third), () => forgetOldKey(id, false))).rejects.toThrow('Say it again with --yes');
    expect(await run(settings(third), () => forgetOldKey(id, true))).toContain('0 stored secrets, 2 opt-outs');
    await as(settings(third), 'tl_system', (db) =>
      kysely(db).deleteFrom('suppression').where('address_hash', '=', optOut.address_hash).execute(),
    );
    await within(settings(third), async (tx, keys) => {
      expect(readUnsubscribeToken(keys, oldLink)).toBeNull();
      expect(await subscriptionOf(tx, keys, target(staying))).toBe('unsubscribed');
    });
  });

  it('takes over from one that is lost, once it is forgotten', async () => {
    const lost = 'a key that nobody has kept 123456789';
    const { id } = masterKey(third);
    await expect(prepareDatabase(settings(lost))).rejects.toThrow('throughline keys forget');
    await expect(run(settings(lost), () => forgetOldKey(id, false))).rejects.toThrow('With --yes they get new ones');
    await expect(run(settings(lost), () => forgetOldKey('of no key', true))).rejects.toThrow('Nothing has been done');
    await within(settings(third), (tx) => kysely(tx).selectFrom('contact').select('id').execute());
    expect(await run(settings(lost), () => forgetOldKey(id, true))).toContain('1 stored secrets, 1 opt-outs');
    await run(settings(lost), () => forgetOldKey(masterKey(second).id, true));
    expect(await prepareDatabase(settings(lost))).toEqual([]);
    expect(await within(settings(lost), (tx, keys) => openSecret(tx, keys, secret))).toBeNull();
    const audit = await as(settings(lost), 'tl_system', (db) =>
      kysely(db).selectFrom('audit_entry').select(['act', 'actor_kind', 'subject_id', 'detail']).execute(),
    );
    expect(audit).toContainEqual({
      act: 'secret.deleted',
      actor_kind: 'system',
      subject_id: secret.name,
      detail: { forgottenKey: id },
    });
  });
});
