import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../../contracts/core/limits.ts';
import type { JsonObject } from '../../../contracts/core/json.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { newId } from '../../ids.ts';
import { masterKeys } from '../../keys/master-keys.ts';
import { kysely } from '../core/kysely.ts';
import { inWorkspace } from '../core/workspace.ts';
import { optOut } from './consents.ts';
import { unsubscribe } from './contact-preferences.ts';
import { lockContacts, mergeAttributes } from './contacts.ts';

describe('attributes that a step gives a contact', () => {
  let database: TestDatabase;
  const contactId = newId();
  beforeAll(async () => {
    database = await createTestDatabase();
    const values = {
      workspace_id: database.workspaceId,
      id: contactId,
      external_id: 'ana',
      attributes: '{"plan":"pro"}',
    };
    await kysely(database.system).insertInto('contact').values(values).execute();
  });
  afterAll(() => database?.stop());

  const merge = (attributes: JsonObject, id: string | null = contactId): Promise<boolean> =>
    inWorkspace(database.app, database.workspaceId, (tx) =>
      mergeAttributes(tx, { workspaceId: database.workspaceId, contactId: id, attributes }),
    );
  const stored = async (): Promise<JsonObject> => {
    const row = kysely(database.system).selectFrom('contact').select('attributes').where('id', '=', contactId);
    return (await row.executeTakeFirstOrThrow()).attributes as JsonObject;
  };
  /** A text that makes attributes of it alone, as Postgres writes them, so many bytes long. */
  const filling = (bytes: number): JsonObject => ({ t: 'x'.repeat(bytes - '{"t": ""}'.length) });

  it('and what a person chooses wait for each other in one order: unsubscribing while an operator notes it', async () => {
    const { workspaceId, app, system } = database;
    const keys = masterKeys({ THROUGHLINE_KEY: 'a master key of these tests 00000000' });
    const [locked, waits] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const noting = inWorkspace(app, workspaceId, async (tx) => {
      const contact = (await lockContacts(tx, workspaceId, ['ana'])).get('ana');
      locked.resolve();
      await waits.promise;
      return contact && optOut(tx, keys, contact, { reason: 'optedOut', note: 'by phone' });
    });
    await locked.promise;
    const unsubscribing = inWorkspace(app, workspaceId, (tx) =>
      unsubscribe(tx, keys, { workspaceId, contactId, channel: 'email' }),
    );
    const waiting = sql<{ count: number }>`select count(*)::int as count from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`;
    await expect.poll(async () => (await waiting.execute(kysely(app))).rows[0]?.count).toBe(1);
    waits.resolve();
    expect(await Promise.all([noting, unsubscribing])).toEqual([true, 'unsubscribed']);
    const kept = kysely(system).selectFrom('opt_out').select('reason').where('contact_id', '=', contactId);
    expect(await kept.execute()).toEqual([{ reason: 'optedOut' }]);
  });

  it('are merged, a null removes one, and an erased contact stays erased', async () => {
    expect(await merge({ seats: 2 })).toBe(true);
    expect(await merge({ plan: null })).toBe(true);
    expect(await stored()).toEqual({ seats: 2 });
    expect(await merge({ seats: 3 }, newId())).toBe(true);
    expect(await merge({ seats: 3 }, null)).toBe(true);
    expect(await stored()).toEqual({ seats: 2 });
  });

  it('are bounded in bytes with those that are there, and what is too much changes nothing (security 11)', async () => {
    await merge({ seats: null });
    const most = limits.contactAttributesBytes;
    expect(await merge(filling(most + 1))).toBe(false);
    expect(await stored()).toEqual({});
    expect(await merge(filling(most))).toBe(true);
    expect(await merge({ more: 1 })).toBe(false);
    expect(await merge({ t: 'ß'.repeat(most / 2) })).toBe(false);
    expect(await stored()).toEqual(filling(most));
    expect(await merge({ t: null, more: 1 })).toBe(true);
    expect(await stored()).toEqual({ more: 1 });
  });
});
