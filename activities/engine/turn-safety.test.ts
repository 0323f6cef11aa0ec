import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AdvanceInput } from '../../contracts/core/engine.ts';
import { limits } from '../../contracts/core/limits.ts';
import { lockContactById } from '../../platform/db/contacts/contacts.ts';
import { enqueueMessage } from '../../platform/db/runs/runs.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { eventually } from '../../test/support/eventually.ts';
import { createFailingDb, type FailingDb } from '../../test/support/failing-db.ts';
import { everyKind, toyKind } from '../../test/support/toy-kind.ts';
import { readRun, received, startToyRun } from '../../test/support/toy-runs.ts';
import { createEngineActivities } from './advance-run.ts';
import type { RunKind } from './run-kind.ts';

const kind = toyKind(
  [
    { kind: 'action', activity: 'updateContact' },
    { kind: 'wait', event: 'Login', ms: 60_000 },
    { kind: 'gate', ms: 60_000, onTimeout: 'no' },
  ],
  'Closed',
);
const kinds = { journey: kind, enrollment: kind, batch: kind };

describe('a turn', () => {
  let database: TestDatabase;
  let failing: FailingDb;
  beforeAll(async () => {
    database = await createTestDatabase();
    failing = createFailingDb(database);
  });
  afterAll(async () => {
    await failing?.stop();
    await database?.stop();
  });

  const engine = (db = database.app) => createEngineActivities({ db, kinds });
  const input = (runId: string, turn: number): AdvanceInput => ({
    workspaceId: database.workspaceId,
    runId,
    turn,
    at: Date.now(),
    failures: [],
  });
  const note = (runId: string, kindOfRow: string, ref: string, payload = {}): Promise<boolean> =>
    inWorkspace(database.app, database.workspaceId, (tx) =>
      enqueueMessage(tx, { workspaceId: database.workspaceId, runId, kind: kindOfRow, ref, payload }),
    );

  /** Everything a turn may write, for one run. */
  async function everything(runId: string): Promise<unknown> {
    const tables = ['run', 'run_position', 'run_turn', 'run_inbox', 'step', 'wait', 'gate'];
    const rows = await Promise.all(
      tables.map((table) =>
        sql`select * from ${sql.table(table)} t where ${table === 'run' ? sql`id` : sql`run_id`} = ${runId} order by t::text`.execute(
          kysely(database.system),
        ),
      ),
    );
    return rows.map((result) => result.rows);
  }

  it('changes nothing when it fails at any of its statements, and succeeds when it is tried again', async () => {
    const { runId } = await startToyRun(database);
    await engine().advanceRun(input(runId, 1));
    await note(runId, 'performed', '0/s0/1');
    failing.failAt(null);
    const before = await everything(runId);
    let statement = 1;
    for (; ; statement += 1) {
      failing.failAt(statement);
      const failed = await engine(failing.db)
        .advanceRun(input(runId, 2))
        .then(
          () => false,
          () => true,
        );
      if (!failed) break;
      expect(await everything(runId), `after a failure at statement ${statement}`).toEqual(before);
    }
    expect(statement).toBeGreaterThan(6);
    expect(await readRun(database, runId)).toMatchObject({ turn: 2, current_step: 's1' });
  });

  it('made twice is made once: a worker lost after the commit gets the head, with what is open and the unread rows', async () => {
    const { runId } = await startToyRun(database);
    const first = await engine().advanceRun(input(runId, 1));
    expect(first).toMatchObject({
      turn: 1,
      open: [{ key: '0/s0/1', activity: 'updateContact' }],
      more: false,
      ended: false,
    });
    await note(runId, 'performed', '0/s0/1');
    const repeated = await engine().advanceRun(input(runId, 1));
    expect(repeated).toEqual({ ...first, more: true });
    expect(await engine().advanceRun(input(runId, 7))).toMatchObject({ turn: 1, more: true });
    const second = await engine().advanceRun(input(runId, 2));
    expect(second).toMatchObject({ turn: 2, open: [], more: false, dueAt: expect.any(String) });
  });

  it('does not number a turn in which nothing happened', async () => {
    const { runId } = await startToyRun(database);
    await engine().advanceRun(input(runId, 1));
    expect(await engine().advanceRun(input(runId, 2))).toMatchObject({ turn: 1 });
    expect((await readRun(database, runId)).turn).toBe(1);
  });

  it('receives messages that commit out of order, each once', async () => {
    const { runId } = await startToyRun(database);
    await engine().advanceRun(input(runId, 1));
    const mayCommit = Promise.withResolvers<void>();
    const isNoted = Promise.withResolvers<void>();
    const { workspaceId } = database;
    const late = inWorkspace(database.app, workspaceId, async (tx) => {
      await enqueueMessage(tx, { workspaceId, runId, kind: 'hello', ref: 'first', payload: {} });
      isNoted.resolve();
      await mayCommit.promise;
    });
    await isNoted.promise;
    await note(runId, 'hello', 'second');
    await engine().advanceRun(input(runId, 2));
    mayCommit.resolve();
    await late;
    expect(await engine().advanceRun(input(runId, 2))).toMatchObject({ turn: 2, more: true });
    await engine().advanceRun(input(runId, 3));
    expect(await received(database, runId)).toEqual(['hello:second', 'hello:first']);
  });

  it('leaves what commits between its read and its write to the next turn', async () => {
    const { runId } = await startToyRun(database);
    await engine().advanceRun(input(runId, 1));
    await note(runId, 'hello', 'before');
    const meanwhile: RunKind = {
      async load(tx, run) {
        await note(runId, 'hello', 'meanwhile');
        return kind.load(tx, run, undefined);
      },
    };
    const slow = createEngineActivities({ db: database.app, kinds: { journey: meanwhile } });
    expect(await slow.advanceRun(input(runId, 2))).toMatchObject({ turn: 2, more: true });
    expect(await received(database, runId)).toEqual(['hello:before']);
    expect(await engine().advanceRun(input(runId, 3))).toMatchObject({ turn: 3, more: false });
    expect(await received(database, runId)).toEqual(['hello:before', 'hello:meanwhile']);
  });

  it('receives what was written by who held the contact while it waited for the contact', async () => {
    const { runId, contactId } = await startToyRun(database);
    await engine().advanceRun(input(runId, 1));
    const { workspaceId } = database;
    failing.failAt(null);
    const { waiting } = await inWorkspace(database.app, workspaceId, async (tx) => {
      await lockContactById(tx, workspaceId, contactId);
      const turn = engine(failing.db).advanceRun(input(runId, 2));
      await eventually('the turn waits', async () => {
        const { rows } =
          await sql`select from pg_locks where not granted and transactionid = pg_current_xact_id()::xid`.execute(
            kysely(tx),
          );
        return rows.length === 1;
      });
      await enqueueMessage(tx, { workspaceId, runId, kind: 'hello', ref: 'held', payload: {} });
      return { waiting: turn };
    });
    expect(await waiting).toMatchObject({ turn: 2 });
    expect(await received(database, runId)).toEqual(['hello:held']);
  });

  it('takes as many rows as one turn may, and leaves the others to the next', async () => {
    const { runId } = await startToyRun(database);
    await engine().advanceRun(input(runId, 1));
    const { workspaceId } = database;
    const refs = Array.from({ length: limits.mailboxRowsPerTurn + 3 }, (_, index) => `row-${index}`);
    await inWorkspace(database.app, workspaceId, async (tx) => {
      for (const ref of refs) await enqueueMessage(tx, { workspaceId, runId, kind: 'hello', ref, payload: {} });
    });
    expect(await engine().advanceRun(input(runId, 2))).toMatchObject({ turn: 2, more: true });
    expect(await received(database, runId)).toHaveLength(limits.mailboxRowsPerTurn);
    expect(await engine().advanceRun(input(runId, 3))).toMatchObject({ turn: 3, more: false });
    expect(await received(database, runId)).toEqual(refs.map((ref) => `hello:${ref}`));
  });

  it('notes a final failure once, also when the call that brings it is repeated', async () => {
    const { runId } = await startToyRun(database);
    await engine().advanceRun(input(runId, 1));
    const failure = { key: '0/s0/1', type: 'EffectRejected', message: 'no' };
    expect(await engine().advanceRun({ ...input(runId, 1), failures: [failure] })).toMatchObject({
      turn: 1,
      more: true,
    });
    const last = await engine().advanceRun({ ...input(runId, 2), failures: [failure] });
    expect(last).toMatchObject({ turn: 2, ended: true, open: [] });
    expect(await received(database, runId)).toEqual(['failed:s0/1']);
  });

  it('gives up a gate at its deadline with the outcome it names, and only then', async () => {
    const { runId } = await startToyRun(database);
    await engine().advanceRun(input(runId, 1));
    await note(runId, 'performed', '0/s0/1');
    await engine().advanceRun(input(runId, 2));
    await kysely(database.system)
      .updateTable('run')
      .set({ next_due_at: new Date(0) })
      .where('id', '=', runId)
      .execute();
    const late = createEngineActivities({
      db: database.app,
      kinds,
      now: () => Promise.resolve(new Date(Date.now() + 61_000)),
    });
    await late.advanceRun(input(runId, 3));
    expect(await readRun(database, runId)).toMatchObject({ current_step: 's2', waiting_for: 'person' });
    const muchLater = createEngineActivities({
      db: database.app,
      kinds,
      now: () => Promise.resolve(new Date(Date.now() + 200_000)),
    });
    await muchLater.advanceRun(input(runId, 4));
    expect(await readRun(database, runId)).toMatchObject({ status: 'completed' });
    expect(await received(database, runId)).toContain('gate:no');
  });

  it('keeps a run whose machine throws where it was and opens one incident', async () => {
    const { runId } = await startToyRun(database);
    const broken = {
      load: () =>
        Promise.resolve({
          advance: () => {
            throw new Error('a bug');
          },
        }),
    };
    const faulty = createEngineActivities({
      db: database.app,
      kinds: everyKind(broken),
    });
    await expect(faulty.advanceRun(input(runId, 1))).rejects.toThrow('a bug');
    await expect(faulty.advanceRun(input(runId, 1))).rejects.toThrow('a bug');
    const incidents = await kysely(database.system)
      .selectFrom('incident')
      .select(['kind', 'message'])
      .where('run_id', '=', runId)
      .execute();
    expect(incidents).toEqual([{ kind: 'engine.fault', message: 'Turn 1 could not be made: a bug' }]);
    expect(await engine().advanceRun(input(runId, 1))).toMatchObject({ turn: 1 });
  });

  it('makes no turn whose state would be too large: the run stands where it was, an incident says why, and it can be cancelled', async () => {
    const { runId } = await startToyRun(database);
    const growing: RunKind = {
      load: async (tx, run) => {
        const toy = await kind.load(tx, run, undefined);
        return {
          advance(state, turn) {
            const advanced = toy.advance(state, turn);
            const isBig = turn.mailbox.some((item) => item.kind === 'hello');
            return isBig ? { ...advanced, state: { ...advanced.state, big: 'x'.repeat(limits.stateBytes) } } : advanced;
          },
        };
      },
    };
    const bounded = createEngineActivities({ db: database.app, kinds: { journey: growing } });
    await bounded.advanceRun(input(runId, 1));
    await note(runId, 'hello', 'big');
    await expect(bounded.advanceRun(input(runId, 2))).rejects.toThrow('are allowed');
    expect(await readRun(database, runId)).toMatchObject({ turn: 1, ended_at: null });
    const incidents = await kysely(database.system)
      .selectFrom('incident')
      .selectAll()
      .where('run_id', '=', runId)
      .execute();
    expect(incidents).toMatchObject([
      { kind: 'run.stateTooLarge', message: expect.stringContaining('Rewind the run') },
    ]);
    await note(runId, 'exit', 'enough');
    expect(await bounded.advanceRun(input(runId, 2))).toMatchObject({ turn: 2, ended: true });
    expect(await readRun(database, runId)).toMatchObject({ status: 'exited' });
  });

  it.each([
    ['exit', {}, { ended: true }],
    ['rewind', { turn: 1 }, { ended: false, more: true }],
  ])('receives a person’s %s before the many messages that it cannot take', async (command, payload, answer) => {
    const { runId } = await startToyRun(database);
    const stuck: RunKind = {
      load: async (tx, run) => {
        const toy = await kind.load(tx, run, undefined);
        return {
          advance(state, turn) {
            const advanced = toy.advance(state, turn);
            if (JSON.stringify(state).includes('hello:first') && !advanced.ended) throw new Error('a bug');
            return advanced;
          },
        };
      },
    };
    const faulty = createEngineActivities({ db: database.app, kinds: { journey: stuck } });
    await faulty.advanceRun(input(runId, 1));
    await note(runId, 'hello', 'first');
    await faulty.advanceRun(input(runId, 2));
    const { workspaceId } = database;
    await inWorkspace(database.app, workspaceId, async (tx) => {
      for (let at = 0; at < limits.mailboxRowsPerTurn; at += 1)
        await enqueueMessage(tx, { workspaceId, runId, kind: 'hello', ref: `again-${at}`, payload: {} });
    });
    await note(runId, 'hello', 'last');
    await note(runId, command, 'command', payload);
    expect(await faulty.advanceRun(input(runId, 3))).toMatchObject({ turn: 3, ...answer });
  });
});
