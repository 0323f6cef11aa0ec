import { MockActivityEnvironment } from '@temporalio/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallOutcome } from '../../contracts/core/effects.ts';
import type { ActionInput } from '../../contracts/core/engine.ts';
import type { JsonObject } from '../../contracts/core/machine.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace, type Tx } from '../../platform/db/core/workspace.ts';
import { enqueueMessage, sendToRun } from '../../platform/db/runs/runs.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import '../../test/support/quiet-runtime.ts';
import { startToyRun } from '../../test/support/toy-runs.ts';
import type { EffectDeclaration } from './claim-actions.ts';
import { runEffect } from './run-effect.ts';

type Name = 'sendMessage' | 'upsertCrm' | 'askModel';
type Declaration = EffectDeclaration<Name, null>;

describe('the fence of an effect', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.stop());

  /** A run whose only open action is `mail/1`, without a workflow. */
  async function openRun(activity: Name = 'sendMessage'): Promise<ActionInput> {
    const { runId } = await startToyRun(database);
    const open = JSON.stringify([{ id: 'mail/1', activity, step: 'mail', visit: 1, params: {} }]);
    await write(sql`update run set open = ${open}, turn = 1, status = 'running' where id = ${runId}`);
    return { workspaceId: database.workspaceId, runId, key: '0/mail/1' };
  }

  const write = async (statement: ReturnType<typeof sql>): Promise<void> =>
    void (await statement.execute(kysely(database.system)));
  const effectsOf = ({ runId }: ActionInput) =>
    kysely(database.system).selectFrom('effect').selectAll().where('run_id', '=', runId).execute();
  const run = (input: ActionInput, declaration: Declaration, worker = database.app): Promise<void> =>
    new MockActivityEnvironment().run(() => runEffect(worker, input, declaration));

  /** A mail that counts in `sent` what goes out; `beforeFence` comes between its claim and the fence. */
  function mailWith(beforeFence: () => Promise<unknown> = () => Promise.resolve()) {
    const sent = { count: 0 };
    const mail: Declaration = {
      action: 'sendMessage',
      prepare: () => Promise.resolve({ kind: 'ready', prepared: null }),
      async call(_, { fence }): Promise<CallOutcome<JsonObject>> {
        await beforeFence();
        if (!(await fence())) return { kind: 'fenced' };
        sent.count += 1;
        return { kind: 'done', result: {} };
      },
    };
    return { mail, sent };
  }

  it('lets only the newest of two attempts through', async () => {
    const input = await openRun();
    const [release, hasClaimed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const old = mailWith(() => {
      hasClaimed.resolve();
      return release.promise;
    });
    const frozen = run(input, old.mail);
    await hasClaimed.promise;
    const next = mailWith();
    // Another process, which knows nothing of this one.
    await run(input, next.mail, { ...database.app });
    release.resolve();
    await frozen;
    expect([old.sent.count, next.sent.count]).toEqual([0, 1]);
    expect(await effectsOf(input)).toMatchObject([{ state: 'done', attempt: 2 }]);
  });

  /** What an attempt ends with that is made again after a second. */
  const again = { type: 'TurnFirst', nonRetryable: false, nextRetryDelay: 1_000 };

  it.each<[string, (tx: Tx, run: ActionInput) => Promise<unknown>, 'is made again' | 'ends']>([
    [
      'an exit waits unread',
      (tx, run) => sendToRun(tx, { ...run, kind: 'exit', ref: 'x', payload: { reason: 'test' } }),
      'is made again',
    ],
    [
      'another action is open in its place (a hostile reader)',
      (tx, { runId }) => sql`update run set open = '[{"id": "mail/2"}]' where id = ${runId}`.execute(kysely(tx)),
      'ends',
    ],
  ])('lets nothing through while %s', async (_, change, next) => {
    const input = await openRun();
    const { mail, sent } = mailWith(() => inWorkspace(database.app, input.workspaceId, (tx) => change(tx, input)));
    await expect(run(input, mail)).rejects.toMatchObject(again);
    const second = run(input, mail).then(() => 'ends');
    if (next === 'ends') expect(await second).toBe('ends');
    else await expect(second).rejects.toMatchObject(again);
    expect(sent.count).toBe(0);
    expect(await effectsOf(input)).toMatchObject([{ state: 'deferred', attempt: 1, deaths: 0 }]);
  });

  describe('while an exit event is unread whose filter its run has not looked at (a hostile reader)', () => {
    const come = (tx: Tx, input: ActionInput): Promise<boolean> =>
      enqueueMessage(tx, { ...input, kind: 'event', ref: 'bought', payload: { name: 'Bought', purpose: 'exit' } });
    /** A turn reads the event, which is not meant: the run goes on with the same action. */
    const read = ({ runId }: ActionInput): Promise<void> =>
      write(sql`update run_inbox set consumed_turn = 2 where run_id = ${runId}`);
    /** What makes the call of an action, and counts it. */
    const counted = (action: Name) => {
      const { mail, sent } = mailWith();
      const call: Declaration['call'] = () => {
        sent.count += 1;
        return Promise.resolve({ kind: 'done', result: {} });
      };
      return { sent, declaration: action === 'sendMessage' ? mail : { ...mail, action, call } };
    };

    it.each(['sendMessage', 'upsertCrm', 'askModel'] as const)(
      'at the claim of %s, it is done once when that was not meant',
      async (action) => {
        const input = await openRun(action);
        const { declaration, sent } = counted(action);
        await inWorkspace(database.app, input.workspaceId, (tx) => come(tx, input));
        for (let tries = 0; tries < 4; tries += 1) await expect(run(input, declaration)).rejects.toMatchObject(again);
        expect([sent.count, await effectsOf(input)]).toEqual([0, []]);
        await read(input);
        await run(input, declaration);
        await run(input, declaration);
        expect(sent.count).toBe(1);
        expect(await effectsOf(input)).toMatchObject([{ state: 'done', attempt: 1 }]);
      },
    );

    /** An attempt between whose claim and fence the event comes. */
    const refused = async (action: 'sendMessage' | 'upsertCrm') => {
      const input = await openRun(action);
      const { declaration, sent } = counted(action);
      const prepare: Declaration['prepare'] = async (tx) => {
        await come(tx, input);
        return { kind: 'ready', prepared: null };
      };
      await expect(run(input, { ...declaration, prepare })).rejects.toMatchObject(again);
      for (let tries = 0; tries < 4; tries += 1) await expect(run(input, declaration)).rejects.toMatchObject(again);
      expect(await effectsOf(input)).toMatchObject([{ state: 'deferred', attempt: 1, deaths: 0, error: null }]);
      return { input, declaration, sent };
    };

    it.each(['sendMessage', 'upsertCrm'] as const)(
      'at the fence of %s, it is done once when that was not meant',
      async (action) => {
        const { input, declaration, sent } = await refused(action);
        await read(input);
        await run(input, declaration);
        await run(input, declaration);
        expect(sent.count).toBe(1);
        expect(await effectsOf(input)).toMatchObject([{ state: 'done', attempt: 2, deaths: 0 }]);
      },
    );

    it.each([
      ['is paused', sql`open = '[]', status = 'paused'`],
      ['is over', sql`ended_at = now()`],
      ['was rewound', sql`generation = 1`],
    ])('is not come to again once the run %s', async (_, change) => {
      const { input, declaration, sent } = await refused('sendMessage');
      await write(sql`update run set ${change} where id = ${input.runId}`);
      await run(input, declaration);
      expect(sent.count).toBe(0);
    });
  });
});
