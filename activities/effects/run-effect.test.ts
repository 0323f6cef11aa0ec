import { MockActivityEnvironment } from '@temporalio/testing';
import type { ApplicationFailure } from '@temporalio/activity';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CallOutcome, EffectMode } from '../../contracts/core/effects.ts';
import type { ActionInput } from '../../contracts/core/engine.ts';
import type { JsonObject } from '../../contracts/core/machine.ts';
import { contactById } from '../../platform/db/contacts/contacts.ts';
import { eraseContact } from '../../platform/db/contacts/contact-erasure.ts';
import { claimEffect, type Claim } from '../../platform/db/ledger/claim-effects.ts';
import { resolveUnknown } from '../../platform/db/runs/effects.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import '../../test/support/quiet-runtime.ts';
import { startToyRun } from '../../test/support/toy-runs.ts';
import { createEngineActivities } from '../engine/advance-run.ts';
import type { EffectDeclaration, EffectName } from './claim-actions.ts';
import { runEffect } from './run-effect.ts';

/** An action of each mode. */
const names = { atMostOnce: 'sendMessage', keyed: 'upsertCrm', repeatable: 'askModel' } as const;

describe('an effect through the ledger', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.stop());

  /** A run whose only open action is `mail/1`, without a workflow. */
  async function openRun(
    mode: EffectMode = 'atMostOnce',
  ): Promise<{ workspaceId: string; runId: string; key: string }> {
    const { runId } = await startToyRun(database);
    await kysely(database.system)
      .updateTable('run')
      .set({
        open: JSON.stringify([{ id: 'mail/1', activity: names[mode], step: 'mail', visit: 1, params: {} }]),
        turn: 1,
        status: 'running',
      })
      .where('id', '=', runId)
      .execute();
    return { workspaceId: database.workspaceId, runId, key: '0/mail/1' };
  }

  /** Lets the lease of a run's effect run out. */
  async function endLease(runId: string): Promise<void> {
    await kysely(database.system)
      .updateTable('effect')
      .set({ lease_until: new Date(0) })
      .where('run_id', '=', runId)
      .execute();
  }

  const effectOf = (runId: string) =>
    kysely(database.system).selectFrom('effect').selectAll().where('run_id', '=', runId).executeTakeFirstOrThrow();
  const mailboxOf = (runId: string) =>
    kysely(database.system)
      .selectFrom('run_inbox')
      .select(['kind', 'ref', 'payload'])
      .where('run_id', '=', runId)
      .execute();

  function declare(
    mode: EffectMode,
    call: (fence: () => Promise<boolean>) => Promise<CallOutcome<JsonObject>>,
  ): EffectDeclaration<EffectName, null> {
    return {
      action: names[mode],
      prepare: () => Promise.resolve({ kind: 'ready', prepared: null }),
      call: (_, context) => call(context.fence),
    };
  }

  const run = (
    input: ActionInput,
    declaration: EffectDeclaration<EffectName, null>,
    worker = database.app,
  ): Promise<void> => new MockActivityEnvironment().run(() => runEffect(worker, input, declaration));
  /** What another process runs it by, which knows nothing of this one. */
  const otherWorker = () => ({ ...database.app });

  it('called twice, it happens once', async () => {
    const input = await openRun();
    let sent = 0;
    const mail = declare('atMostOnce', async (fence) => {
      if (!(await fence())) return { kind: 'fenced' };
      sent += 1;
      return { kind: 'done', result: { messageId: 'm1' } };
    });
    await run(input, mail);
    await run(input, mail);
    expect(sent).toBe(1);
    expect(await effectOf(input.runId)).toMatchObject({ state: 'done', attempt: 1 });
    expect(await mailboxOf(input.runId)).toEqual([
      { kind: 'performed', ref: '0/mail/1', payload: { messageId: 'm1' } },
    ]);
  });

  it.each([
    ['a mail ends as it ends', 'atMostOnce', false],
    ['a call of the CRM is broken off', 'keyed', true],
    ['a question to a model is broken off', 'repeatable', true],
  ] as const)(
    'does with a call in flight that its run no longer wants what the record says: %s',
    async (_, mode, expected) => {
      const input = await openRun(mode);
      const environment = new MockActivityEnvironment();
      let isBrokenOff: boolean | null = null;
      const declaration: EffectDeclaration<EffectName, null> = {
        ...declare(mode, () => Promise.reject(new Error('not called'))),
        call(_prepared, { signal }) {
          environment.cancel();
          isBrokenOff = signal.aborted;
          return Promise.resolve({ kind: 'done', result: {} });
        },
      };
      await environment.run(() => runEffect(database.app, input, declaration)).catch(() => undefined);
      expect(isBrokenOff).toBe(expected);
    },
  );

  it('never repeats what was handed over without a reply: it becomes unknown once its lease is over', async () => {
    const input = await openRun();
    let calls = 0;
    const lost = declare('atMostOnce', async (fence) => {
      await fence();
      calls += 1;
      throw new Error('the worker dies here');
    });
    await expect(run(input, lost)).rejects.toThrow('dies here');
    await expect(run(input, lost)).rejects.toThrow('Another attempt holds this effect');
    await endLease(input.runId);
    await run(input, lost);
    expect(calls).toBe(1);
    expect(await effectOf(input.runId)).toMatchObject({ state: 'unknown' });
    expect(await mailboxOf(input.runId)).toEqual([expect.objectContaining({ payload: { unknown: true } })]);
  });

  it.each([
    ['two minutes ahead of Postgres', 2 * 60_000],
    ['an hour behind', -3_600_000],
  ])('waits for the lease and no longer where the clock of its worker is %s (pg_cron #105)', async (_, skewMs) => {
    const input = await openRun();
    const hung = declare('atMostOnce', async (fence) => {
      await fence();
      throw new Error('no answer');
    });
    await expect(run(input, hung)).rejects.toThrow('no answer');
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + skewMs });
    const held: unknown = await run(input, hung).catch((error: unknown) => error);
    vi.useRealTimers();
    expect(held).toMatchObject({ message: 'Another attempt holds this effect' });
    const { nextRetryDelay } = held as ApplicationFailure;
    expect([Number(nextRetryDelay) > 0, Number(nextRetryDelay) <= 51_000]).toEqual([true, true]);
  });

  it('D10: turns unknown into done when the reply comes late, and sends that to the run, which knew nothing', async () => {
    const input = await openRun();
    const replied = Promise.withResolvers<void>();
    const isHandedOver = Promise.withResolvers<void>();
    const slow = declare('atMostOnce', async (fence) => {
      await fence();
      isHandedOver.resolve();
      await replied.promise;
      return { kind: 'done', result: { reply: '250' } };
    });
    const frozen = run(input, slow);
    await isHandedOver.promise;
    await endLease(input.runId);
    await run(
      input,
      declare('atMostOnce', () => Promise.reject(new Error('called again'))),
      otherWorker(),
    );
    expect(await effectOf(input.runId)).toMatchObject({ state: 'unknown' });
    replied.resolve();
    await frozen;
    expect(await effectOf(input.runId)).toMatchObject({ state: 'done', result: { reply: '250' } });
    expect(await mailboxOf(input.runId)).toEqual([
      { kind: 'performed', ref: '0/mail/1', payload: { unknown: true } },
      { kind: 'lateReply', ref: '0/mail/1', payload: { step: 'mail', visit: 1 } },
    ]);
  });

  /** A mail that is handed over and gets its reply when it is `sent`. */
  const slowMail = () => {
    const [isHandedOver, isSent] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let calls = 0;
    const mail = declare('atMostOnce', async (fence) => {
      if (!(await fence())) return { kind: 'fenced' };
      calls += 1;
      isHandedOver.resolve();
      await isSent.promise;
      return { kind: 'done', result: { reply: '250' } };
    });
    return { mail, isHandedOver: isHandedOver.promise, sent: isSent.resolve, calls: () => calls };
  };

  it('is not taken from an attempt that lives by the next one in its process, whose heartbeat was late on a busy machine (performance)', async () => {
    const input = await openRun();
    const { mail, isHandedOver, sent, calls } = slowMail();
    const late = run(input, mail);
    await isHandedOver;
    await endLease(input.runId);
    const next = run(input, mail);
    const cancelled = new MockActivityEnvironment();
    const broken = cancelled.run(() => runEffect(database.app, input, mail));
    cancelled.cancel();
    await expect(broken).rejects.toThrow('CANCELLED');
    sent();
    await Promise.all([late, next]);
    expect(calls()).toBe(1);
    expect(await effectOf(input.runId)).toMatchObject({ state: 'done', attempt: 1, deaths: 0 });
    expect(await mailboxOf(input.runId)).toEqual([{ kind: 'performed', ref: '0/mail/1', payload: { reply: '250' } }]);
  });

  it('stays with an attempt that goes on for longer than a lease (performance)', async () => {
    const input = await openRun();
    const { mail, isHandedOver, sent } = slowMail();
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const long = run(input, mail);
    await isHandedOver;
    await endLease(input.runId);
    vi.advanceTimersByTime(15_000);
    vi.useRealTimers();
    await expect.poll(async () => (await effectOf(input.runId)).lease_until?.getTime()).toBeGreaterThan(0);
    await expect(run(input, mail, otherWorker())).rejects.toThrow('Another attempt holds this effect');
    sent();
    await long;
    expect(await effectOf(input.runId)).toMatchObject({ state: 'done', attempt: 1 });
  });

  it('is settled by what a person says of an unknown end, and of no other', async () => {
    const states = [];
    for (const kind of ['unknown', 'done'] as const) {
      const input = await openRun();
      const error = { code: 'email.no_reply', message: 'no reply' };
      const outcome = kind === 'done' ? { kind, result: {} } : { kind, error };
      const mail = declare('atMostOnce', async (fence) => ((await fence()) ? outcome : { kind: 'fenced' }));
      await run(input, mail);
      const said = { step: 'mail', visit: 1, happened: true };
      const of = { workspace_id: input.workspaceId, id: input.runId };
      await inWorkspace(database.app, input.workspaceId, (tx) => resolveUnknown(tx, of, said));
      states.push((await effectOf(input.runId)).state);
    }
    expect(states).toEqual(['resolved', 'done']);
  });

  it('is given up when three workers died with it, and suspects are tried one at a time (security 1)', async () => {
    const { runId, workspaceId } = await openRun('repeatable');
    const ids = { workspaceId, runId, key: `${runId}/mail/1/g0`, step: 'mail', visit: 1, generation: 0 };
    const plan = { ...ids, kind: 'llm', mode: 'repeatable', request: {} } as const;
    /** A claim whose worker dies: it is neither settled nor given back. */
    const claim = (mayTry: boolean): Promise<Claim> =>
      inWorkspace(database.app, workspaceId, (tx) => claimEffect(tx, plan, () => mayTry));
    expect(await claim(false)).toMatchObject({ kind: 'claimed', effect: { deaths: 0 } });
    expect(await claim(false)).toMatchObject({ kind: 'held' });
    expect(await claim(true)).toMatchObject({ kind: 'claimed', effect: { deaths: 1 } });
    expect(await claim(true)).toMatchObject({ kind: 'claimed', effect: { deaths: 2 } });
    const call = declare('repeatable', () => Promise.resolve({ kind: 'done', result: {} }));
    await expect(run({ workspaceId, runId, key: '0/mail/1' }, call)).rejects.toMatchObject({ type: 'EffectRejected' });
    expect(await effectOf(runId)).toMatchObject({ state: 'rejected', deaths: 3, error: { code: 'effect.killer' } });
    const incidents = await kysely(database.system)
      .selectFrom('incident')
      .select('kind')
      .where('run_id', '=', runId)
      .execute();
    expect(incidents).toEqual([{ kind: 'effect.killer' }]);
  });

  it('does not count an attempt that ended by an exception as a death', async () => {
    const input = await openRun('repeatable');
    for (let tries = 0; tries < 4; tries += 1)
      await expect(
        run(
          input,
          declare('repeatable', () => Promise.reject(new Error('cut off'))),
        ),
      ).rejects.toThrow('cut');
    expect(await effectOf(input.runId)).toMatchObject({ state: 'deferred', attempt: 4, deaths: 0 });
  });

  it('repeats a keyed call with the same key after its lease', async () => {
    const input = await openRun('keyed');
    await expect(
      run(
        input,
        declare('keyed', () => Promise.reject(new Error('cut off'))),
      ),
    ).rejects.toThrow('cut off');
    await endLease(input.runId);
    await run(
      input,
      declare('keyed', () => Promise.resolve({ kind: 'done', result: { id: 'ch_1' } })),
    );
    expect(await effectOf(input.runId)).toMatchObject({ state: 'done', attempt: 2, key: `${input.runId}/mail/1` });
  });

  it('takes nothing from a holder that comes back after another has taken over', async () => {
    const input = await openRun('keyed');
    /** A call that has begun and is held back until it gets its result. */
    const held = () => {
      const [begun, result] = [Promise.withResolvers<void>(), Promise.withResolvers<JsonObject>()];
      const ended = run(
        input,
        declare('keyed', async () => {
          begun.resolve();
          return { kind: 'done', result: await result.promise };
        }),
        otherWorker(),
      );
      return { begun: begun.promise, finish: (id: string) => (result.resolve({ id }), ended) };
    };
    const frozen = held();
    await frozen.begun;
    await endLease(input.runId);
    const next = held();
    await next.begun;
    await frozen.finish('late');
    expect(await effectOf(input.runId)).toMatchObject({ state: 'handedOff', attempt: 2, result: null });
    expect(await mailboxOf(input.runId)).toEqual([]);
    await next.finish('right');
    expect(await effectOf(input.runId)).toMatchObject({ state: 'done', attempt: 2, result: { id: 'right' } });
    expect(await mailboxOf(input.runId)).toEqual([{ kind: 'performed', ref: '0/mail/1', payload: { id: 'right' } }]);
  });

  it('keeps a deferred effect open for the next attempt and fails the action on a refusal', async () => {
    const input = await openRun('repeatable');
    await expect(
      run(
        input,
        declare('repeatable', () =>
          Promise.resolve({
            kind: 'deferred',
            retryAfterMs: 5_000,
            error: { code: 'llm.rateLimited', message: 'later' },
          }),
        ),
      ),
    ).rejects.toMatchObject({ nextRetryDelay: 5_000, nonRetryable: false });
    const refuse = declare('repeatable', () =>
      Promise.resolve({ kind: 'rejected', error: { code: 'llm.invalid', message: 'no' } }),
    );
    await expect(run(input, refuse)).rejects.toMatchObject({ type: 'EffectRejected', nonRetryable: true });
    await expect(run(input, refuse)).rejects.toMatchObject({ type: 'EffectRejected' });
    expect(await effectOf(input.runId)).toMatchObject({
      state: 'rejected',
      attempt: 2,
      key: `${input.runId}/mail/1/g0`,
    });
  });

  describe('after a rewind (issue 14 §5, the model)', () => {
    /** Lets the run ask for `mail/N` in a generation. */
    const ask = async (runId: string, generation: number, visit = 1, params: JsonObject = {}): Promise<ActionInput> => {
      const open = { id: `mail/${visit}`, activity: names.atMostOnce, step: 'mail', visit, params };
      const now = { generation, open: JSON.stringify([open]) };
      await kysely(database.system).updateTable('run').set(now).where('id', '=', runId).execute();
      return { workspaceId: database.workspaceId, runId, key: `${generation}/mail/${visit}` };
    };
    /** Each call ends as the next of `ends`. @returns a declaration, and how many mails were sent */
    const server = (...ends: CallOutcome<JsonObject>[]) => {
      const sent = { count: 0 };
      const mail = declare('atMostOnce', async (fence) => {
        if (!(await fence())) return { kind: 'fenced' };
        const end = ends.shift() ?? { kind: 'done', result: {} };
        if (end.kind === 'done') sent.count += 1;
        return end;
      });
      return { sent, mail };
    };
    const error = { code: 'email.rejected', message: 'no' };
    const answers = async (runId: string): Promise<string[]> => (await mailboxOf(runId)).map(({ ref }) => ref);

    it('is sent where it waited for another attempt, as the run has it now', async () => {
      const input = await openRun();
      const { sent, mail } = server({ kind: 'deferred', error });
      await expect(run(input, mail)).rejects.toMatchObject({ nonRetryable: false });
      await run(await ask(input.runId, 1, 1, { zone: 'UTC' }), mail);
      expect([sent.count, await answers(input.runId)]).toEqual([1, ['1/mail/1']]);
      expect(await effectOf(input.runId)).toMatchObject({ state: 'done', generation: 1, request: { zone: 'UTC' } });
    });

    it('is asked for again where it was refused, and never once it was sent', async () => {
      const input = await openRun();
      const { sent, mail } = server({ kind: 'rejected', error });
      await expect(run(input, mail)).rejects.toMatchObject({ nonRetryable: true });
      await run(await ask(input.runId, 1), mail);
      await run(await ask(input.runId, 2), mail);
      expect([sent.count, await answers(input.runId)]).toEqual([1, ['1/mail/1', '2/mail/1']]);
    });

    it('stays refused where a later visit of its step has sent it', async () => {
      const input = await openRun();
      const { sent, mail } = server({ kind: 'rejected', error });
      await expect(run(input, mail)).rejects.toMatchObject({ nonRetryable: true });
      await run(await ask(input.runId, 0, 2), mail);
      await expect(run(await ask(input.runId, 1), mail)).rejects.toMatchObject({ nonRetryable: true });
      await run(await ask(input.runId, 1, 2), mail);
      expect([sent.count, await answers(input.runId)]).toEqual([1, ['0/mail/2', '1/mail/2']]);
    });
  });

  it.each(['atMostOnce', 'keyed', 'repeatable'] as const)(
    'under way while its contact is erased brings nothing back of the person (%s)',
    async (mode) => {
      const input = await openRun(mode);
      const { workspaceId } = database;
      const call = async (fence: () => Promise<boolean>): Promise<CallOutcome<JsonObject>> => {
        await fence();
        await inWorkspace(database.app, workspaceId, async (tx) => {
          const { contact_id: contactId } = await kysely(tx)
            .selectFrom('run')
            .select('contact_id')
            .where('id', '=', input.runId)
            .executeTakeFirstOrThrow();
          const contact = await contactById(tx, workspaceId, contactId ?? '');
          if (contact) await eraseContact(tx, contact);
        });
        return { kind: 'done', result: { text: 'Dear Ana' }, costMicros: 7 };
      };
      await run(input, declare(mode, call));
      const ended = { request: {}, result: null, error: null, state: 'done', cost_micros: '7' };
      expect(await effectOf(input.runId)).toMatchObject(ended);
      const engine = createEngineActivities({ db: database.app, kinds: {} });
      const failures = [{ key: input.key, type: 'EffectRejected', message: 'no such user: Ana' }];
      await engine.advanceRun({ workspaceId, runId: input.runId, turn: 2, at: Date.now(), failures });
      expect(await mailboxOf(input.runId)).toEqual([]);
    },
  );

  it('rejects an answer that cannot be stored, with what it cost, and does not ask again (kestra#10653)', async () => {
    const input = await openRun('repeatable');
    let calls = 0;
    const paid = declare('repeatable', () => {
      calls += 1;
      return Promise.resolve({ kind: 'done', result: { text: 'a\u0000b' }, costMicros: 7 });
    });
    const once = (): Promise<unknown> => new MockActivityEnvironment().run(() => runEffect(database.app, input, paid));
    await expect(once()).rejects.toThrow('cannot be stored');
    await expect(once()).rejects.toThrow('cannot be stored');
    expect(calls).toBe(1);
    expect(await effectOf(input.runId)).toMatchObject({ state: 'rejected', cost_micros: '7' });
  });
});
