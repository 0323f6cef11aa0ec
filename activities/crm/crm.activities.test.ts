import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../contracts/core/json.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import '../../test/support/quiet-runtime.ts';
import { startToyRun } from '../../test/support/toy-runs.ts';
import type { CrmClient } from '../providers/crm/crm-client.ts';
import { ProviderError } from '../providers/provider-error.ts';
import { createCrmActivities } from './crm.activities.ts';

describe('a step that writes to the CRM', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.stop());

  /** Makes the call of a step that sets these values. @returns its run, and what it failed with */
  async function upsert(crm: Pick<CrmClient, 'upsertContact'>, set: JsonObject) {
    const { workspaceId, system } = database;
    const { runId } = await startToyRun(database);
    const action = { id: 'crm/1', activity: 'upsertCrm', step: 'crm', visit: 1, params: { upsert: 'contact', set } };
    const values = { open: JSON.stringify([action]), turn: 1, status: 'running' };
    await kysely(system).updateTable('run').set(values).where('id', '=', runId).execute();
    const again = async (client: Pick<CrmClient, 'upsertContact'>): Promise<unknown> => {
      const addNote = () => Promise.reject(new Error('no note is written here'));
      const { upsertCrm } = createCrmActivities({
        db: database.app,
        crmOf: () => Promise.resolve({ addNote, ...client }),
      });
      const work = () => upsertCrm({ workspaceId, runId, key: '0/crm/1' });
      return new MockActivityEnvironment().run(work).catch((error: unknown) => error);
    };
    return { runId, error: await again(crm), again };
  }
  const incidents = () =>
    kysely(database.system).selectFrom('incident').select(['kind', 'run_id', 'state', 'message']).execute();

  it('waits while the key is refused, which one incident of the workspace says, and ends it when it goes through', async () => {
    const message = 'The CRM refuses the key (401).';
    const refusing = {
      upsertContact: () =>
        Promise.reject(new ProviderError({ kind: 'misconfigured', code: 'crm.unauthorised', message })),
    };
    const one = await upsert(refusing, { score: 1 });
    await upsert(refusing, { score: 2 });
    expect(one.error).toMatchObject({ type: 'crm.unauthorised', nonRetryable: false, nextRetryDelay: 60_000 });
    expect(await incidents()).toEqual([{ kind: 'crm.keyRefused', run_id: null, state: 'open', message }]);

    await kysely(database.system)
      .updateTable('effect')
      .set({ lease_until: new Date(0) })
      .execute();
    const taking = { upsertContact: () => Promise.resolve({ crmId: '7', isNew: true }) };
    expect(await one.again(taking)).toBeUndefined();
    expect(await incidents()).toMatchObject([{ state: 'resolved' }]);
  });

  it('passes on what is there alone, and refuses an object with its path before the CRM is called', async () => {
    const given: unknown[] = [];
    const crm: Pick<CrmClient, 'upsertContact'> = {
      upsertContact: ({ properties }) => {
        given.push(properties);
        return Promise.resolve({ crmId: '7', isNew: true });
      },
    };
    await upsert(crm, { phone: null, note: '', interests: ['a', 'b'] });
    const { error } = await upsert(crm, { address: { city: 'Bonn' } });
    expect(given).toEqual([{ note: '', interests: ['a', 'b'] }]);
    expect(error).toMatchObject({ nonRetryable: true, message: 'set.address is an object.' });
  });
});
