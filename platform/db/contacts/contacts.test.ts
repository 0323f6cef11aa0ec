import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../../contracts/core/limits.ts';
import type { JsonObject } from '../../../contracts/core/json.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { newId } from '../../ids.ts';
import { kysely } from '../core/kysely.ts';
import { inWorkspace } from '../core/workspace.ts';
import { mergeAttributes } from './contacts.ts';

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
