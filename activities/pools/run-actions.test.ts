import { ApplicationFailure, CancelledFailure } from '@temporalio/activity';
import { ActivityCancellationDetails } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ActionActivities, ActionInput } from '../../contracts/core/engine.ts';
import { eraseContact } from '../../platform/db/contacts/contact-erasure.ts';
import { lockContactById } from '../../platform/db/contacts/contacts.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace, type Tx } from '../../platform/db/core/workspace.ts';
import { beginActions, postponeAction, renewActions } from '../../platform/db/pools/actions.ts';
import { sendToRun, terminateRun } from '../../platform/db/runs/runs.ts';
import { actingRuns, wakeRunsWithoutExecution } from '../../platform/db/runs/silent-runs.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { everyBucket, leftInPools, nothing, poolDeps, serveAll } from '../../test/support/pools.ts';
import { toyActions } from '../../test/support/toy-actions.ts';
import { toyKind } from '../../test/support/toy-kind.ts';
import { readRun, received, startToyRun } from '../../test/support/toy-runs.ts';
import { currentAttempt } from '../effects/attempt.ts';
import { createPoolActionActivities, pauseAfter } from './run-actions.ts';

const kind = toyKind([{ kind: 'action', activity: 'upsertCrm' }]);
const queue = 'crm';

describe('the actions of a pool', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase({ poolSize: 10 });
  });
  afterAll(() => database?.stop());

  const within = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => inWorkspace(database.app, database.workspaceId, work);
  const serve = (): Promise<void> => serveAll(database, poolDeps(database, kind));
  /** A run whose action is open. */
  const startActing = async (): Promise<{ runId: string; contactId: string }> => {
    const started = await startToyRun(database, 'pooled');
    await serve();
    return started;
  };
  /** Works through the queue as a process does, until it has found nothing for a while. */
  const act = (
    actions: ActionActivities,
    limitMs?: () => number,
    environment = new MockActivityEnvironment(),
  ): Promise<void> => {
    const { runPoolActions } = createPoolActionActivities({
      db: database.app,
      system: database.system,
      actions,
      slots: () => 10,
      ...(limitMs ? { limitMs } : {}),
    });
    const of = { pool: 0, pools: 1, workspaceId: database.workspaceId, queue } as const;
    return environment.run(runPoolActions, of);
  };
  const rowOf = async (runId: string): Promise<{ tries: number; at: Date } | undefined> => {
    const { rows } = await sql<{
      tries: number;
      at: Date;
    }>`select tries, available_at as at from pool_action where run_id = ${runId}`.execute(kysely(database.system));
    return rows[0];
  };
  const begin = () =>
    beginActions(database.system, { workspaceId: database.workspaceId, queue, buckets: everyBucket, limit: 10 });
  /** Ends a run that a test needs no more. */
  const end = async (runId: string): Promise<void> => {
    await within((tx) => terminateRun(tx, { workspaceId: database.workspaceId, runId, reason: 'over' }));
    await serve();
    expect(await leftInPools(database)).toEqual(nothing);
  };
  const endLease = (): Promise<unknown> =>
    sql`update pool_action set available_at = now()`.execute(kysely(database.system));

  it('come to their runs: what was done, what was done at a later try, and what will never be done', async () => {
    const [well, again, never] = [await startActing(), await startActing(), await startActing()];
    const done: string[] = [];
    const actions = toyActions(database, (_, { runId }) => {
      done.push(runId);
      if (runId === again.runId && done.filter((id) => id === runId).length === 1)
        throw ApplicationFailure.create({ message: 'not yet', nextRetryDelay: 1 });
      if (runId === never.runId) throw ApplicationFailure.nonRetryable('no', 'EffectRejected');
    });
    do await act(actions);
    while (await rowOf(again.runId));
    await serve();
    for (const { runId } of [well, again]) {
      expect(await readRun(database, runId)).toMatchObject({ status: 'completed' });
      expect(await received(database, runId)).toEqual(['performed:s0/1']);
    }
    expect(await readRun(database, never.runId)).toMatchObject({ status: 'failed' });
    expect(await received(database, never.runId)).toEqual(['failed:s0/1']);
    expect(done.toSorted()).toEqual([well.runId, again.runId, again.runId, never.runId].toSorted());
    expect(await leftInPools(database)).toEqual(nothing);
  });

  it('are put off as long as the service asks', async () => {
    const { runId } = await startActing();
    const hour = 3_600_000;
    await act(
      toyActions(database, () => {
        throw ApplicationFailure.create({ message: 'later', nextRetryDelay: hour });
      }),
    );
    expect((await rowOf(runId))?.at.getTime()).toBeGreaterThan(Date.now() + hour / 2);
    await end(runId);
  });

  it.each([
    ['the execution has a successor', 'NOT_FOUND', { notFound: true }, { breaksOff: false }],
    ['the process has no more time', 'WORKER_SHUTDOWN', { workerShutdown: true }, { breaksOff: true }],
  ] as const)('are broken off or not where %s', async (_, reason, details, { breaksOff }) => {
    const { runId } = await startActing();
    const { promise: answered, resolve } = Promise.withResolvers<void>();
    const toys = toyActions(database);
    let calls = 0;
    const actions: ActionActivities = {
      ...toys,
      async upsertCrm(input) {
        calls += 1;
        setImmediate(() => {
          environment.cancel(reason, new ActivityCancellationDetails(details));
          setImmediate(resolve);
        });
        await Promise.race([currentAttempt().cancelled(), answered]);
        await toys.upsertCrm(input);
      },
    };
    const environment = new MockActivityEnvironment();
    await act(actions, undefined, environment);
    expect(calls).toBe(1);
    await serve();
    expect(await received(database, runId)).toEqual(breaksOff ? [] : ['performed:s0/1']);
    await end(runId);
  });

  it('are given up where one takes longer than it may, and tried again after a pause', async () => {
    const { runId } = await startActing();
    let calls = 0;
    const hanging = {
      ...toyActions(database),
      upsertCrm: () => {
        calls += 1;
        return new Promise<void>(() => undefined);
      },
    };
    await act(hanging, () => 20);
    expect(calls).toBeGreaterThan(0);
    // Doubling from half a second: fewer than at once, again and again.
    expect(calls).toBeLessThan(5);
    expect(await rowOf(runId)).toMatchObject({ tries: calls });
    await end(runId);
  });

  it('are broken off where their run has left, was terminated or erased', async () => {
    const all = [await startActing(), await startActing(), await startActing()] as const;
    const { workspaceId } = database;
    const areBegun = Promise.withResolvers<void>();
    const begun = new Set<string>();
    const brokenOff = new Set<string>();
    const actions = {
      ...toyActions(database),
      async upsertCrm({ runId }: ActionInput) {
        begun.add(runId);
        if (begun.size === all.length) areBegun.resolve();
        await currentAttempt()
          .cancelled()
          .catch((error: unknown) => {
            brokenOff.add(runId);
            throw error;
          });
      },
    };
    const work = act(actions);
    await areBegun.promise;
    const [left, terminated, erased] = all;
    await within((tx) => sendToRun(tx, { workspaceId, runId: left.runId, kind: 'exit', ref: 'x', payload: {} }));
    await within((tx) => terminateRun(tx, { workspaceId, runId: terminated.runId, reason: 'x' }));
    await within(async (tx) => {
      const contact = await lockContactById(tx, workspaceId, erased.contactId);
      if (contact) await eraseContact(tx, contact);
    });
    await serve();
    await work;
    expect(brokenOff).toEqual(begun);
    expect(await leftInPools(database)).toEqual(nothing);
  });

  it('are begun again when the process that had them is gone, and answered once', async () => {
    const { runId } = await startActing();
    const { rows } = await sql<{ now: Date }>`select now() as now`.execute(kysely(database.system));
    expect(await begin()).toMatchObject([{ runId, tries: 1 }]);
    const lease = (await rowOf(runId))?.at.getTime() ?? 0;
    expect(lease - (rows[0]?.now.getTime() ?? Infinity)).toBeGreaterThanOrEqual(15_000);
    // Its holder renews it, while it lives.
    await endLease();
    await renewActions(database.system, [{ workspaceId: database.workspaceId, runId, key: '0/s0/1' }]);
    expect((await rowOf(runId))?.at.getTime()).toBeGreaterThanOrEqual(lease);
    await endLease();
    let count = 0;
    await act(toyActions(database, () => (count += 1)));
    expect(await begin()).toEqual([]);
    await serve();
    expect(count).toBe(1);
    expect(await received(database, runId)).toEqual(['performed:s0/1']);
    expect(await leftInPools(database)).toEqual(nothing);
  });

  it('are not put off by an attempt of before', async () => {
    const { runId } = await startActing();
    const [former] = await begin();
    await endLease();
    await begin();
    const lease = await rowOf(runId);
    if (former) await postponeAction(database.system, former, 0);
    expect(await rowOf(runId)).toEqual(lease);
    await end(runId);
  });

  it('are found again by the sweep where their rows are lost', async () => {
    const { runId } = await startActing();
    await sql`delete from pool_action where run_id = ${runId}`.execute(kysely(database.system));
    await sql`update run set updated_at = now() - interval '3 minutes' where id = ${runId}`.execute(
      kysely(database.system),
    );
    const lost = await actingRuns(database.system, { after: null, limit: 10 });
    expect(lost).toMatchObject([{ runId, isPooled: true }]);
    expect(await wakeRunsWithoutExecution(database.system, lost)).toBe(1);
    await serve();
    expect(await rowOf(runId)).toMatchObject({ tries: 0 });
    await end(runId);
  });

  it.each([
    [new Error('x'), 1, 500],
    [new Error('x'), 3, 2_000],
    [new Error('x'), 30, 60_000],
    [new CancelledFailure('x'), 5, 0],
    [ApplicationFailure.create({ message: 'x', nextRetryDelay: 7 }), 5, 7],
  ])('wait after %s at try %i for %i ms', (error, tries, ms) => {
    expect(pauseAfter(error, tries)).toBe(ms);
  });
});
