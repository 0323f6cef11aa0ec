import { MockActivityEnvironment } from '@temporalio/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallOutcome } from '../../contracts/core/effects.ts';
import type { ActionInput } from '../../contracts/core/engine.ts';
import type { JsonObject } from '../../contracts/core/machine.ts';
import { eraseContact } from '../../platform/db/contacts/contact-erasure.ts';
import { lockContacts } from '../../platform/db/contacts/contacts.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { lockGate, settleGate } from '../../platform/db/gates/gates.ts';
import { freezeEffect } from '../../platform/db/runs/effects.ts';
import { newId } from '../../platform/ids.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { eventually } from '../../test/support/eventually.ts';
import '../../test/support/quiet-runtime.ts';
import { startToyRun } from '../../test/support/toy-runs.ts';
import { createContactActivities } from '../contacts/contact.activities.ts';
import type { EffectDeclaration } from './claim-actions.ts';
import { runEffect } from './run-effect.ts';

type Mail = EffectDeclaration<'sendMessage', null>;

describe('an erasure and what is under way for its contact', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.stop());

  /** A run with an open action, without a workflow. */
  async function openRun(activity = 'sendMessage'): Promise<{ input: ActionInput; contactId: string }> {
    const { runId, contactId } = await startToyRun(database);
    const open = JSON.stringify([{ id: 'a/1', activity, step: 'a', visit: 1, params: { set: { city: 'Cork' } } }]);
    await sql`update run set open = ${open}, turn = 1, status = 'running' where id = ${runId}`.execute(
      kysely(database.system),
    );
    return { input: { workspaceId: database.workspaceId, runId, key: '0/a/1' }, contactId };
  }

  /** Erases as the API does, and commits when `before` allows it. */
  const erase = (contactId: string, before = Promise.resolve()): Promise<void> =>
    inWorkspace(database.app, database.workspaceId, async (tx) => {
      const contact = (await lockContacts(tx, database.workspaceId, [contactId])).get(contactId);
      if (contact) await eraseContact(tx, contact);
      await before;
    });

  /** Waits until a transaction waits for a lock. */
  const untilBlocked = (): Promise<boolean> =>
    eventually('one waits for the other', async () => {
      const { rows } =
        await sql`select from pg_locks join pg_stat_activity using (pid) where datname = current_database() and not granted`.execute(
          kysely(database.system),
        );
      return rows.length > 0;
    });

  const run = (input: ActionInput, mail: Partial<Mail>): Promise<void> =>
    new MockActivityEnvironment().run(() =>
      runEffect(database.app, input, {
        action: 'sendMessage',
        prepare: () => Promise.resolve({ kind: 'ready', prepared: null }),
        call: () => Promise.resolve({ kind: 'done', result: { reply: '250 Ana', serverMessageId: null } }),
        ...mail,
      }),
    );
  const effectsOf = (runId: string) =>
    kysely(database.system).selectFrom('effect').selectAll().where('run_id', '=', runId).execute();
  const payloadsOf = async (runId: string): Promise<JsonObject[]> => {
    const rows = await kysely(database.system)
      .selectFrom('run_inbox')
      .select('payload')
      .where('run_id', '=', runId)
      .execute();
    return rows.map(({ payload }) => payload as JsonObject);
  };

  it('a mail that is being claimed leaves no bytes', async () => {
    const { input, contactId } = await openRun();
    let erasing: Promise<void> | undefined;
    await run(input, {
      async prepare(tx, _, effect) {
        erasing = erase(contactId);
        await untilBlocked();
        await freezeEffect(tx, effect, Buffer.from('Dear Ana'));
        return { kind: 'ready', prepared: null };
      },
      async call(_, { fence }): Promise<CallOutcome<never>> {
        await erasing;
        expect(await fence()).toBe(false);
        return { kind: 'fenced' };
      },
    });
    expect(await effectsOf(input.runId)).toMatchObject([{ frozen: null, request: {}, state: 'suppressed' }]);
  });

  it('a mail that comes to be claimed meanwhile is not', async () => {
    const { input, contactId } = await openRun();
    const mayCommit = Promise.withResolvers<void>();
    const erasing = erase(contactId, mayCommit.promise);
    await eventually('the run is locked', async () => {
      const { rows } = await sql`select from run where id = ${input.runId} for key share skip locked`.execute(
        kysely(database.system),
      );
      return rows.length === 0;
    });
    const claiming = run(input, {});
    await untilBlocked();
    mayCommit.resolve();
    await Promise.all([erasing, claiming]);
    expect(await effectsOf(input.runId)).toEqual([]);
  });

  it('a reply that is being written waits for nothing that the erasure holds, and nothing of it stays', async () => {
    const { input, contactId } = await openRun();
    let erasing: Promise<void> | undefined;
    await run(input, {
      async record() {
        erasing = erase(contactId);
        await untilBlocked();
      },
    });
    await erasing;
    expect(await effectsOf(input.runId)).toMatchObject([{ state: 'done', result: null }]);
    expect(await payloadsOf(input.runId)).toEqual([{}]);
  });

  it('a mail whose sender is gone is unknown', async () => {
    const { input, contactId } = await openRun();
    const dies = run(input, {
      async call(_, { fence }) {
        await fence();
        throw new Error('the worker dies here');
      },
    });
    await expect(dies).rejects.toThrow('dies here');
    await erase(contactId);
    expect(await effectsOf(input.runId)).toMatchObject([
      { state: 'unknown', settled_at: expect.any(Date), error: { code: 'effect.noReply' } },
    ]);
  });

  it('an action in Postgres is over before it, or never begins', async () => {
    const [early, late] = [await openRun('updateContact'), await openRun('updateContact')];
    const { updateContact } = createContactActivities({ db: database.app });
    const act = (input: ActionInput): Promise<void> => new MockActivityEnvironment().run(() => updateContact(input));
    await Promise.all([act(early.input), erase(early.contactId)]);
    expect((await payloadsOf(early.input.runId)).filter((payload) => Object.keys(payload).length > 0)).toEqual([]);

    const mayCommit = Promise.withResolvers<void>();
    const erasing = erase(late.contactId, mayCommit.promise);
    await eventually('the contact is locked', async () => {
      const { rows } =
        await sql`select from contact where id = ${late.contactId} for no key update skip locked`.execute(
          kysely(database.system),
        );
      return rows.length === 0;
    });
    const acting = act(late.input);
    await untilBlocked();
    mayCommit.resolve();
    await Promise.all([erasing, acting]);
    expect(await payloadsOf(late.input.runId)).toEqual([]);
  });

  it('a decision that is being written waits for nothing that the erasure holds', async () => {
    const { input, contactId } = await openRun();
    const { workspaceId, runId } = input;
    const id = newId();
    await sql`insert into gate (workspace_id, id, run_id, step, visit, generation, round, title, outcomes, assignee_kind, assignee_id, content,
      content_hash) values (${workspaceId}, ${id}, ${runId}, 'a', 1, 0, 1, 'Ask', '[]', 'role', 'approver', '{"name": "Ana"}', '')`.execute(
      kysely(database.system),
    );
    let erasing: Promise<void> | undefined;
    await inWorkspace(database.app, workspaceId, async (tx) => {
      const gate = await lockGate(tx, workspaceId, id);
      erasing = erase(contactId);
      await untilBlocked();
      if (gate) await settleGate(tx, gate, 'decided', { outcome: 'yes', comment: 'Ana is right', form: null });
    });
    await erasing;
    expect(await payloadsOf(runId)).toEqual([{}]);
    const gates = await kysely(database.system).selectFrom('gate').selectAll().where('id', '=', id).execute();
    expect(gates).toMatchObject([{ status: 'decided', content: {} }]);
  });
});
