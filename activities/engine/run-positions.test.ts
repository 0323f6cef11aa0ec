import { sql, type Kysely } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kysely } from '../../platform/db/core/kysely.ts';
import { createDb } from '../../platform/db/core/pool.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { up } from '../../platform/db/migrations/0025-run-positions.ts';
import { sendToRun } from '../../platform/db/runs/runs.ts';
import { countJourneyRuns } from '../../platform/db/views/journey-figures.ts';
import { countRuns } from '../../platform/db/views/runs/count-runs.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { runFilter } from '../../test/support/run-filter.ts';
import { startToyRun } from '../../test/support/toy-runs.ts';
import { createEngineActivities } from './advance-run.ts';
import type { RunKind } from './run-kind.ts';

/** A kind that stands where the last message says: `at` is its own step, `beside` those of its branches; without it has ended. */
const wanderer: RunKind = {
  load: () =>
    Promise.resolve({
      advance(_, { mailbox }) {
        const { at = null, beside = [] } = (mailbox.at(-1)?.payload ?? { at: 'begin' }) as Where;
        const nothing = { state: {}, actions: [], waits: [], gates: [], steps: [], dueAt: null };
        return at === null
          ? { ...nothing, status: 'completed', currentStep: null, ended: { outcome: 'completed', reason: 'over' } }
          : { ...nothing, status: 'waiting', currentStep: at, branchSteps: beside, ended: null };
      },
    }),
};
type Where = { at?: string; beside?: string[] };

describe('where a run stands', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.stop());

  const turns = new Map<string, number>();
  async function turn(runId: string, where: Where = {}): Promise<void> {
    const { workspaceId } = database;
    const number = (turns.get(runId) ?? 0) + 1;
    turns.set(runId, number);
    if (number > 1) {
      const message = { workspaceId, runId, kind: 'go', ref: `${number}`, payload: where };
      await inWorkspace(database.app, workspaceId, (tx) => sendToRun(tx, message));
    }
    const engine = createEngineActivities({ db: database.app, kinds: { journey: wanderer } });
    await engine.advanceRun({ workspaceId, runId, turn: number, at: Date.now(), failures: [] });
  }

  async function positions(runId: string): Promise<string[]> {
    const rows = kysely(database.system).selectFrom('run_position').select('step').where('run_id', '=', runId);
    return (await rows.orderBy('step').execute()).map(({ step }) => step);
  }

  it('is one step or several, and nowhere after its end', async () => {
    const { runId } = await startToyRun(database);
    expect(await positions(runId)).toEqual([]);
    await turn(runId);
    expect(await positions(runId)).toEqual(['begin']);
    await turn(runId, { at: 'both', beside: ['a', 'b'] });
    expect(await positions(runId)).toEqual(['a', 'b', 'both']);
    await turn(runId, { at: 'both', beside: ['b', 'c'] });
    expect(await positions(runId)).toEqual(['b', 'both', 'c']);
    await turn(runId, { at: 'end' });
    expect(await positions(runId)).toEqual(['end']);
    await turn(runId, { at: 'both', beside: ['a'] });
    await turn(runId);
    expect(await positions(runId)).toEqual([]);
  });

  it('is a branch’s step also where the run itself has just left it', async () => {
    const { runId } = await startToyRun(database);
    await turn(runId);
    await turn(runId, { at: 'a' });
    await turn(runId, { at: 'both', beside: ['a', 'b'] });
    expect(await positions(runId)).toEqual(['a', 'b', 'both']);
    await turn(runId, { at: 'b', beside: ['both'] });
    expect(await positions(runId)).toEqual(['b', 'both']);
    await turn(runId);
    expect(await positions(runId)).toEqual([]);
  });

  it('counts at each of its steps, and is found by each of them', async () => {
    const { runId, contactId } = await startToyRun(database);
    await turn(runId);
    await turn(runId, { at: 'both', beside: ['a', 'b'] });
    const { workspaceId } = database;
    await inWorkspace(database.app, workspaceId, async (tx) => {
      const counts = await countJourneyRuns(tx, { workspaceId, journeyId: contactId, version: null });
      expect(Object.fromEntries(counts.map(({ step, isOwn }) => [step, isOwn]))).toEqual({
        a: false,
        b: false,
        both: true,
      });
      expect(counts.map(({ count }) => count)).toEqual([1, 1, 1]);
      const found = (step: string) => countRuns(tx, runFilter(workspaceId, { step }));
      expect(await found('b')).toMatchObject([{ kind: 'journey', count: 1 }]);
      expect(await found('c')).toEqual([]);
    });
  });

  it('follows what code of before writes, and is known of runs that were there before', async () => {
    const { runId } = await startToyRun(database);
    const set = (values: ReturnType<typeof sql>) =>
      inWorkspace(database.app, database.workspaceId, (tx) =>
        sql`update run set ${values} where id = ${runId}`.execute(kysely(tx)),
      );
    await set(sql`current_step = 'first'`);
    await set(sql`current_step = 'second', status = 'waiting'`);
    expect(await positions(runId)).toEqual(['second']);
    const { runId: ended } = await startToyRun(database);
    await turn(ended);
    await turn(ended);

    const owner = createDb(database.config, 'tl_owner', 1);
    await sql`drop table run_position`.execute(kysely(owner));
    await sql`drop function note_position cascade`.execute(kysely(owner));
    await sql`drop index run_by_due`.execute(kysely(owner));
    await up(kysely(owner) as unknown as Kysely<unknown>);
    await owner.destroy();
    expect(await positions(runId)).toEqual(['second']);
    expect(await positions(ended)).toEqual([]);
    await set(sql`ended_at = now()`);
    expect(await positions(runId)).toEqual([]);
  });
});
