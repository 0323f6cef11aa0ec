import { type RawBuilder, sql } from 'kysely';
import { firstIdAt, troubled } from './runs/runs-list.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** Which runs are counted: those of a journey, or of one of its versions. */
export type JourneyScope = { workspaceId: string; journeyId: string; version: number | null };

/** Numbers of several journeys at once. */
export type JourneyFigures = {
  people: { id: string; status: string; waiting_for: string | null; troubled: boolean; count: number }[];
  failed: { id: string; count: number }[];
  entered: { id: string; daysAgo: number; count: number }[];
  versions: { id: string; version: number; live: number }[];
  goals: { id: string; ended: number; reached: number }[];
  published: { id: string; at: Date }[];
};

/** The numbers behind a page of the list of journeys, a few grouped queries whatever its length. */
export async function figuresOfJourneys(tx: Tx, workspaceId: string, ids: readonly string[]): Promise<JourneyFigures> {
  const all = async <Row>(query: RawBuilder<Row>): Promise<Row[]> => (await query.execute(kysely(tx))).rows;
  const mine = sql`r.workspace_id = ${workspaceId} and r.kind = 'journey' and r.subject_id = any(${[...ids]}::uuid[])`;
  const weekAgo = firstIdAt(new Date(Date.now() - 7 * 86_400_000).toISOString());
  return {
    people: await all(sql<JourneyFigures['people'][number]>`
      with troubled as materialized (${troubled(workspaceId)})
      select r.subject_id as id, r.status, r.waiting_for, r.id in (select run_id from troubled) as troubled, count(*)::int as count
      from run r where ${mine} and r.ended_at is null group by 1, 2, 3, 4`),
    failed: await all(sql<JourneyFigures['failed'][number]>`
      select r.subject_id as id, count(*)::int as count from run r where ${mine} and ${hasFailedLately} group by 1`),
    entered: await all(sql<JourneyFigures['entered'][number]>`
      select r.subject_id as id, (now()::date - r.started_at::date) as "daysAgo", count(*)::int as count
      from run r where ${mine} and r.id >= ${weekAgo} group by 1, 2`),
    versions: await all(sql<JourneyFigures['versions'][number]>`
      select r.subject_id as id, v.version, count(*)::int as live
      from run r join journey_run jr on jr.workspace_id = r.workspace_id and jr.run_id = r.id
      join journey_version v on v.workspace_id = jr.workspace_id and v.id = jr.version_id
      where ${mine} and r.ended_at is null group by 1, 2 order by 2 desc`),
    goals: await all(sql<JourneyFigures['goals'][number]>`
      select r.subject_id as id, count(distinct r.id)::int as ended, count(distinct s.run_id)::int as reached
      from run r left join step s on s.workspace_id = r.workspace_id and s.run_id = r.id and s.step = '$goal'
      where ${mine} and r.ended_at > now() - interval '30 days' group by 1`),
    published: await all(sql<JourneyFigures['published'][number]>`
      select journey_id as id, max(published_at) as at from journey_version
      where workspace_id = ${workspaceId} and journey_id = any(${[...ids]}::uuid[]) group by 1`),
  };
}

/**
 * How many runs of a scope are in each status and, of the live ones, at each step, waiting for what, in trouble or not. A run that stands
 * at several steps counts at each of them, once as `isOwn`.
 */
export async function countJourneyRuns(tx: Tx, scope: JourneyScope): Promise<RunCount[]> {
  const { rows } = await sql<RunCount>`
    with troubled as materialized (${troubled(scope.workspaceId)})
    select r.status, r.waiting_for as "waitingFor", p.step, p.step is null or p.step = r.current_step as "isOwn",
      r.ended_at is null and r.id in (select run_id from troubled) as "inTrouble", count(*)::int as count
    from run r left join run_position p on p.workspace_id = r.workspace_id and p.run_id = r.id
    where ${inScope(scope)} group by 1, 2, 3, 4, 5`.execute(kysely(tx));
  return rows;
}

/** So many runs stand alike. */
export type RunCount = {
  status: string;
  waitingFor: string | null;
  step: string | null;
  isOwn: boolean;
  inTrouble: boolean;
  count: number;
};

/** A run that failed and was not taken up; older ones are in the list of runs alone. */
const hasFailedLately = sql`r.status = 'failed' and r.ended_at > now() - interval '30 days'`;

/** At which steps runs failed that were not taken up, and how many at each. */
export async function countJourneyFailures(tx: Tx, scope: JourneyScope): Promise<FailureCount[]> {
  const { rows } = await sql<FailureCount>`
    select s.step, count(*)::int as count from run r left join lateral (
      select step from step where workspace_id = r.workspace_id and run_id = r.id and status = 'failed' order by seq desc limit 1) s on true
    where ${inScope(scope)} and ${hasFailedLately} group by 1`.execute(kysely(tx));
  return rows;
}

/** So many runs failed at a step; at null: at none of them. */
export type FailureCount = { step: string | null; count: number };

/** How the visits of each step went; a goal that a rewound run reaches again counts once; `left` counts those that ended well within a day, `medianMs` is how long they took. */
export async function countJourneySteps(tx: Tx, scope: JourneyScope): Promise<StepCount[]> {
  const isRecent = sql`filter (where s.status = 'done' and s.ended_at > now() - interval '1 day')`;
  const { rows } = await sql<StepCount>`
    select s.step, s.status, (case when s.step = '$goal' then count(distinct r.id) else count(*) end)::int as count, count(*) ${isRecent}::int as left,
      (percentile_cont(0.5) within group (order by extract(epoch from s.ended_at - s.started_at) * 1000) ${isRecent})::float8 as "medianMs"
    from run r join step s on s.workspace_id = r.workspace_id and s.run_id = r.id
    where ${inScope(scope)} group by 1, 2`.execute(kysely(tx));
  return rows;
}

/** So many visits of a step went alike. */
export type StepCount = { step: string; status: string; count: number; left: number; medianMs: number | null };

/** How many of those who entered within seven days went from one step to another; from null: it was their first. */
export async function countJourneyEdges(tx: Tx, scope: JourneyScope) {
  const weekAgo = firstIdAt(new Date(Date.now() - 7 * 86_400_000).toISOString());
  const { rows } = await sql<{ from: string | null; to: string; count: number }>`
    select "from", step as "to", count(*)::int as count from (
      select s.step, lag(s.step) over (partition by s.run_id order by s.seq) as "from"
      from run r join step s on s.workspace_id = r.workspace_id and s.run_id = r.id
      where ${inScope(scope)} and r.id >= ${weekAgo} and left(s.step, 1) <> '$') moved
    group by 1, 2`.execute(kysely(tx));
  return rows;
}

function inScope({ workspaceId, journeyId, version }: JourneyScope): RawBuilder<unknown> {
  const journey = sql`r.workspace_id = ${workspaceId} and r.subject_id = ${journeyId} and r.kind = 'journey'`;
  if (version === null) return journey;
  return sql`${journey} and exists (select from journey_run jr join journey_version v on v.workspace_id = jr.workspace_id and v.id = jr.version_id
    where jr.workspace_id = r.workspace_id and jr.run_id = r.id and v.version = ${version})`;
}
