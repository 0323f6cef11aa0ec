import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JourneyDefinition } from '../../../contracts/journeys/journey.schema.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { runFilter } from '../../../test/support/run-filter.ts';
import { storeJourney } from '../../../test/support/journeys.ts';
import { propertyRuns, unlimited } from '../../../test/support/properties.ts';
import { newId } from '../../ids.ts';
import { kysely } from '../core/kysely.ts';
import { inWorkspace, type Tx } from '../core/workspace.ts';
import { followVersion } from '../journeys/move-runs.ts';
import { createRun, terminateRun } from '../runs/runs.ts';
import { countJourneyEdges, countJourneyRuns, countJourneySteps } from '../views/journey-figures.ts';
import { workByHour } from '../views/overview.ts';
import { countRuns } from '../views/runs/count-runs.ts';
import { foldTallies, sweepTallies } from './fold-tallies.ts';

const definition = JourneyDefinition.parse({
  engineVersion: 1,
  slug: 'tallied',
  name: 'Tallied',
  entry: [{ event: 'SignedUp' }],
  reentry: 'afterExit',
  exitWhen: [],
  steps: [{ kind: 'delay', id: 'wait', for: 'P1D' }],
});

/** What becomes of a run in a statement or two, as the code writes it. */
const acts = {
  goesOn: (run) => sql`with line as (
      update step set status = 'done', ended_at = now() where ${run.own} and status in ('running', 'waiting')), next as (
      insert into step (workspace_id, run_id, step, visit, generation, kind, title, status)
      select ${run.workspaceId}, ${run.id}, 's' || count(*) % 4, count(*), 0, 'delay', 'Step', 'waiting' from step where ${run.own} returning step)
    update run set current_step = next.step, status = 'waiting', waiting_for = 'time', rev = rev + 1 from next where ${run.itself} and ended_at is null`,
  waitsForPerson: (run) =>
    sql`update run set status = 'waiting', waiting_for = 'person' where ${run.itself} and ended_at is null`,
  isPaused: (run) => sql`update run set status = 'paused' where ${run.itself} and ended_at is null`,
  isLookedAt: (run) => sql`update run set rev = rev + 1, updated_at = now() where ${run.itself}`,
  branches: (run) => sql`insert into run_position (workspace_id, run_id, step)
    select ${run.workspaceId}, ${run.id}, 'beside' from run where ${run.itself} and ended_at is null and current_step is not null on conflict do nothing`,
  completes: (run) =>
    sql`update run set status = 'completed', waiting_for = null, ended_at = now() where ${run.itself} and ended_at is null`,
  fails: (run) => sql`with line as (update step set status = 'failed' where ${run.own} and status = 'waiting')
    update run set status = 'failed', ended_at = now() where ${run.itself} and ended_at is null`,
  isReopened: (run) =>
    sql`update run set status = 'waiting', ended_at = null where ${run.itself} and ended_at is not null`,
  reachesGoal: (run) => sql`insert into step (workspace_id, run_id, step, visit, generation, kind, title, status)
    select ${run.workspaceId}, ${run.id}, '$goal', 1, count(*), 'goal', 'Goal', 'done' from step where ${run.own}`,
  isOld: (run) =>
    sql`update step set started_at = now() - interval '3 days', ended_at = now() - interval '2 days' where ${run.own} and ended_at is not null`,
} satisfies Record<string, (run: Acting) => ReturnType<typeof sql>>;

type Acting = { workspaceId: string; id: string; own: ReturnType<typeof sql>; itself: ReturnType<typeof sql> };
type Act = keyof typeof acts | 'moves' | 'isTerminated';

/** Transactions that go on beside each other, each about a run of its own, and whether they come to nothing. */
type Round = {
  changes: { run: number; acts: Act[]; isTakenBack: boolean }[];
  beside: 'nothing' | 'fold' | 'sweep';
};

const round: fc.Arbitrary<Round> = fc.record({
  changes: fc.uniqueArray(
    fc.record({
      run: fc.integer({ min: 0, max: 4 }),
      acts: fc.array(fc.constantFrom<Act>(...(Object.keys(acts) as Act[]), 'goesOn', 'moves', 'isTerminated'), {
        maxLength: 4,
      }),
      isTakenBack: fc.boolean(),
    }),
    { selector: ({ run }) => run, minLength: 1, maxLength: 3 },
  ),
  beside: fc.constantFrom('nothing', 'fold', 'sweep'),
});

class TakenBack extends Error {}

describe('what is counted of runs and steps', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.stop());

  const all = async <Row>(tx: Tx, query: ReturnType<typeof sql<Row>>): Promise<Row[]> =>
    (await query.execute(kysely(tx))).rows;

  async function makeJourney(): Promise<{ journeyId: string; slug: string; versions: string[] }> {
    return inWorkspace(database.app, database.workspaceId, async (tx) => {
      const { journeyId, versionId } = await storeJourney(tx, database.workspaceId, definition);
      const second = await all(
        tx,
        sql<{
          id: string;
        }>`insert into journey_version (workspace_id, journey_id, version, sha256, definition, entry_events)
          select workspace_id, journey_id, 2, sha256 || '2', definition, entry_events from journey_version where id = ${versionId} returning id`,
      );
      return { journeyId, slug: `tallied-${journeyId}`, versions: [versionId, ...second.map(({ id }) => id)] };
    });
  }

  async function begin(tx: Tx, journeyId: string, versionId: string, id: string): Promise<void> {
    const { workspaceId } = database;
    const contactId = newId();
    await createRun(tx, {
      workspaceId,
      id,
      kind: 'journey',
      title: 'Tallied',
      entryKey: id,
      subjectId: journeyId,
      contactId,
    });
    await sql`insert into journey_run (workspace_id, run_id, journey_id, version_id, contact_id, entry)
      values (${workspaceId}, ${id}, ${journeyId}, ${versionId}, ${contactId}, '{}')`.execute(kysely(tx));
  }

  async function live(rounds: readonly Round[]): Promise<Awaited<ReturnType<typeof makeJourney>>> {
    const { workspaceId, app, system } = database;
    const journey = await makeJourney();
    const known = new Map<number, string>();
    for (const { changes, beside } of rounds) {
      const changed = changes.map(async ({ run, acts: done, isTakenBack }) => {
        const id = known.get(run) ?? newId();
        const [first = '', second = ''] = journey.versions;
        const work = async (tx: Tx): Promise<void> => {
          if (!known.has(run)) await begin(tx, journey.journeyId, first, id);
          const itself = sql`run.workspace_id = ${workspaceId}::uuid and run.id = ${id}::uuid`;
          const own = sql`workspace_id = ${workspaceId}::uuid and run_id = ${id}::uuid`;
          const acting = {
            workspaceId: sql`${workspaceId}::uuid`,
            id: sql`${id}::uuid`,
            own,
            itself,
          } as unknown as Acting;
          for (const act of done) {
            if (act === 'moves')
              await followVersion(tx, { workspace_id: workspaceId, id }, run % 2 === 0 ? second : first);
            else if (act === 'isTerminated') await terminateRun(tx, { workspaceId, runId: id, reason: 'as it is' });
            else await acts[act](acting).execute(kysely(tx));
          }
          if (isTakenBack) throw new TakenBack();
        };
        await inWorkspace(app, workspaceId, work).then(
          () => known.set(run, id),
          (error: unknown) => {
            if (!(error instanceof TakenBack)) throw error;
          },
        );
      });
      const folded = beside === 'fold' ? foldTallies(system) : beside === 'sweep' ? sweepTallies(system) : null;
      await Promise.all([...changed, folded]);
    }
    return journey;
  }

  /** What the pages show, and what there is, row by row. */
  async function compare({ journeyId, slug, versions }: Awaited<ReturnType<typeof makeJourney>>): Promise<void> {
    const { workspaceId } = database;
    await inWorkspace(database.app, workspaceId, async (tx) => {
      for (const version of [null, 1, 2]) {
        const scope = { workspaceId, journeyId, version };
        const mine = sql`r.workspace_id = ${workspaceId} and r.subject_id = ${journeyId} and (${version}::int is null
          or exists (select from journey_run jr where jr.run_id = r.id and jr.version_id = ${versions[(version ?? 1) - 1]}))`;
        same(
          await countRuns(tx, runFilter(workspaceId, { journey: slug, version })),
          await all(
            tx,
            sql`select kind, status, waiting_for, count(*)::int as count from run r where ${mine} group by 1, 2, 3`,
          ),
        );
        same(
          await countJourneyRuns(tx, scope),
          await all(
            tx,
            sql`select r.status, r.waiting_for as "waitingFor", p.step, p.step is null or p.step = r.current_step as "isOwn", count(*)::int as count
              from run r left join run_position p on p.run_id = r.id where ${mine} group by 1, 2, 3, 4`,
          ),
        );
        same(
          (await countJourneySteps(tx, scope)).map(({ step, status, count }) => ({ step, status, count })),
          await all(
            tx,
            sql`select s.step, s.status, case when s.step = '$goal' then count(distinct r.id) else count(*) end::int as count
              from run r join step s on s.run_id = r.id where ${mine} group by 1, 2`,
          ),
        );
        same(
          await countJourneyEdges(tx, scope),
          await all(
            tx,
            sql`select "from", step as "to", count(*)::int as count from (
              select s.step, lag(s.step) over (partition by s.run_id order by s.seq) as "from"
              from run r join step s on s.run_id = r.id where ${mine} and s.step <> '$goal') moved group by 1, 2`,
          ),
        );
      }
      const hours = await workByHour(tx, workspaceId);
      const sum = (of: 'started' | 'finished' | 'failed'): number => hours.reduce((total, hour) => total + hour[of], 0);
      const [counted] = await all(
        tx,
        sql`select count(*)::int as started, count(*) filter (where status = 'completed')::int as finished,
          count(*) filter (where status = 'failed')::int as failed from run where workspace_id = ${workspaceId}`,
      );
      expect({ started: sum('started'), finished: sum('finished'), failed: sum('failed') }).toEqual(counted);
    });
    const missing = await sql<{
      runs: string;
      steps: string;
    }>`select recount_runs() as runs, recount_steps() as steps`.execute(kysely(database.system));
    expect(missing.rows).toEqual([{ runs: '0', steps: '0' }]);
  }

  it(
    'equals what there is after any changes beside each other, taken back or not, folded at any time (issue 15 §3)',
    unlimited,
    async () => {
      expect.hasAssertions();
      await fc.assert(
        fc.asyncProperty(fc.array(round, { minLength: 3, maxLength: 12 }), async (rounds) =>
          compare(await live(rounds)),
        ),
        { numRuns: Math.ceil(propertyRuns / 5) },
      );
    },
  );

  it('counts the rows of before, and nothing twice', async () => {
    const journey = await live([
      { changes: [{ run: 0, acts: ['goesOn', 'goesOn', 'reachesGoal'], isTakenBack: false }], beside: 'nothing' },
      { changes: [{ run: 1, acts: ['goesOn', 'completes'], isTakenBack: false }], beside: 'fold' },
    ]);
    for (const table of ['run_tally', 'run_hour', 'step_tally', 'step_way'])
      await sql`delete from ${sql.table(table)}`.execute(kysely(database.system));
    const recount = sql<{ counted: boolean }>`select recount_runs() > 0 and recount_steps() > 0 as counted`;
    expect((await recount.execute(kysely(database.system))).rows).toEqual([{ counted: true }]);
    await compare(journey);
  });

  it('is one sum of many rows once it is folded, and shows the same', async () => {
    const journey = await live(
      Array.from({ length: 6 }, () => ({
        changes: [{ run: 0, acts: ['goesOn', 'isPaused'] as Act[], isTakenBack: false }],
        beside: 'nothing' as const,
      })),
    );
    await foldTallies(database.system);
    await sweepTallies(database.system);
    const { rows } = await sql<{ sums: number; others: number }>`
      select count(*) filter (where is_sum)::int as sums, count(*) filter (where not is_sum)::int as others
      from run_tally where subject_id = ${journey.journeyId}`.execute(kysely(database.system));
    expect(rows).toEqual([{ sums: 1, others: 0 }]);
    await compare(journey);
  });
});

function same<Row extends object>(found: Row[], expected: unknown[]): void {
  const sorted = (rows: unknown[]): string[] => rows.map((row) => JSON.stringify(row)).toSorted();
  expect(sorted(found)).toEqual(sorted(expected));
}
