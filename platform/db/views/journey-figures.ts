import { type RawBuilder, sql } from 'kysely';
import { GOAL } from '../../../domain/journeys/receive.ts';
import { troubled } from './runs/run-filter.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** Which runs are counted: those of a journey, or of one of its versions. */
export type JourneyScope = { workspaceId: string; journeyId: string; version: number | null };

/** Numbers of several journeys at once. */
export type JourneyFigures = {
  people: { id: string; status: string; waiting_for: string | null; count: number }[];
  inTrouble: { id: string; count: number }[];
  failed: { id: string; count: number }[];
  entered: { id: string; daysAgo: number; count: number }[];
  versions: { id: string; version: number; live: number }[];
  goals: { id: string; ended: number; reached: number }[];
  published: { id: string; at: Date }[];
};

/** The numbers behind a page of the list of journeys, a few grouped queries whatever its length. */
export async function figuresOfJourneys(tx: Tx, workspaceId: string, ids: readonly string[]): Promise<JourneyFigures> {
  const all = async <Row>(query: RawBuilder<Row>): Promise<Row[]> => (await query.execute(kysely(tx))).rows;
  const among = sql`subject_id = any(${[...ids]}::uuid[])`;
  const tallied = sql`workspace_id = ${workspaceId} and ${among} and kind = 'journey' and is_live`;
  const mine = sql`r.workspace_id = ${workspaceId} and r.${among} and r.kind = 'journey'`;
  const hours = sql`workspace_id = ${workspaceId} and ${among}`;
  return {
    people: await all(sql<JourneyFigures['people'][number]>`
      select subject_id as id, status, waiting_for, sum(n)::int as count from run_tally where ${tallied} group by 1, 2, 3 having sum(n) <> 0`),
    inTrouble: await all(sql<JourneyFigures['inTrouble'][number]>`
      select r.subject_id as id, count(*)::int as count from run r
      where ${mine} and r.ended_at is null and r.id in (${troubled(workspaceId)}) group by 1`),
    failed: await all(sql<JourneyFigures['failed'][number]>`
      select r.subject_id as id, count(*)::int as count from run r where ${mine} and ${hasFailedLately} group by 1`),
    entered: await all(sql<JourneyFigures['entered'][number]>`
      select subject_id as id, (now() at time zone 'UTC')::date - (hour at time zone 'UTC')::date as "daysAgo", sum(started)::int as count
      from run_hour where ${hours} and hour > now() - interval '8 days' group by 1, 2`),
    versions: await all(sql<JourneyFigures['versions'][number]>`
      select t.subject_id as id, v.version, sum(t.n)::int as live from run_tally t join journey_version v on v.workspace_id = t.workspace_id and v.id = t.version_id
      where t.${tallied} group by 1, 2 having sum(t.n) <> 0 order by 2 desc`),
    goals: await all(sql<JourneyFigures['goals'][number]>`
      select subject_id as id, sum(ended)::int as ended, sum(reached)::int as reached
      from run_hour where ${hours} and hour > now() - interval '30 days' group by 1 having sum(ended) > 0`),
    published: await all(sql<JourneyFigures['published'][number]>`
      select journey_id as id, max(published_at) as at from journey_version
      where workspace_id = ${workspaceId} and journey_id = any(${[...ids]}::uuid[]) group by 1`),
  };
}

/**
 * How many runs of a scope are in each status and, of the live ones, at each step, waiting for what. A run that stands at several steps counts at
 * each of them, once as `isOwn`.
 */
export async function countJourneyRuns(tx: Tx, scope: JourneyScope): Promise<RunCount[]> {
  const { rows } = await sql<RunCount>`
    select status, waiting_for as "waitingFor", step, true as "isOwn", sum(n)::int as count from run_tally t
    where ${inScope(sql`t`, scope)} group by 1, 2, 3 having sum(n) <> 0
    union all select r.status, r.waiting_for, p.step, false, count(*)::int
    from run_position p join run r on r.workspace_id = p.workspace_id and r.id = p.run_id
    where p.workspace_id = ${scope.workspaceId} and p.subject_id = ${scope.journeyId} and p.is_beside and ${inScope(sql`r`, scope)} group by 1, 2, 3`.execute(
    kysely(tx),
  );
  return rows;
}

/** So many runs stand alike. */
export type RunCount = {
  status: string;
  waitingFor: string | null;
  step: string | null;
  isOwn: boolean;
  count: number;
};

/** At which steps live runs of a scope stand that need a person, and how many at each; `isOwn` as in `countJourneyRuns`. */
export async function countJourneyTrouble(tx: Tx, scope: JourneyScope): Promise<TroubleCount[]> {
  const { rows } = await sql<TroubleCount>`
    select p.step, p.step is null or p.step = r.current_step as "isOwn", count(*)::int as count
    from run r left join run_position p on p.workspace_id = r.workspace_id and p.run_id = r.id
    where ${inScope(sql`r`, scope)} and r.ended_at is null and r.id in (${troubled(scope.workspaceId)}) group by 1, 2`.execute(
    kysely(tx),
  );
  return rows;
}

/** So many runs at a step need a person. */
export type TroubleCount = { step: string | null; isOwn: boolean; count: number };

/** A run that failed and was not taken up; older ones are in the list of runs alone. */
const hasFailedLately = sql`r.status = 'failed' and r.ended_at > now() - interval '30 days'`;

/** At which steps runs failed that were not taken up, and how many at each. */
export async function countJourneyFailures(tx: Tx, scope: JourneyScope): Promise<FailureCount[]> {
  const { rows } = await sql<FailureCount>`
    select s.step, count(*)::int as count from run r left join lateral (
      select step from step where workspace_id = r.workspace_id and run_id = r.id and status = 'failed' order by seq desc limit 1) s on true
    where ${inScope(sql`r`, scope)} and ${hasFailedLately} group by 1`.execute(kysely(tx));
  return rows;
}

/** So many runs failed at a step; at null: at none of them. */
export type FailureCount = { step: string | null; count: number };

/**
 * How the visits of each step went; of a goal, how many runs have reached it. `left` counts those that ended well in the last 24 hours and what has
 * gone of this one, `medianMs` is how long half of them took at most, to a twentieth.
 */
export async function countJourneySteps(tx: Tx, scope: JourneyScope): Promise<StepCount[]> {
  const isRecent = sql`hour >= date_trunc('hour', now() - interval '1 day', 'UTC')`;
  const { rows } = await sql<StepCount>`
    with counted as (
      select step, status, sum(n) as n, coalesce(sum(n) filter (where ${isRecent}), 0) as left from step_tally t
      where ${inScope(sql`t`, scope)} group by 1, 2 having sum(n) <> 0
    ), spells as (
      select step, spell, sum(n) as n, sum(sum(n)) over (partition by step order by spell) as upto from step_tally t
      where ${inScope(sql`t`, scope)} and ${isRecent} group by 1, 2
    ), middle as (
      select s.step, min(s.spell) as spell from spells s join counted c on c.step = s.step and c.status = 'done' where s.upto * 2 >= c.left and s.n > 0 group by 1
    )
    select c.step, c.status, c.n::int as count, c.left::int as left,
      case when c.status = 'done' and c.left > 0 then exp((m.spell + 0.5) * ln(2::float8) / 8) - 1 end as "medianMs"
    from counted c left join middle m on m.step = c.step
    union all select ${GOAL}, 'done', sum(n)::int, 0, null from run_tally t where ${inScope(sql`t`, scope)} and has_goal having sum(n) <> 0`.execute(
    kysely(tx),
  );
  return rows;
}

/** So many visits of a step went alike. */
export type StepCount = { step: string; status: string; count: number; left: number; medianMs: number | null };

/** How many of those who entered within seven days went from one step to another; from null: it was their first. */
export async function countJourneyEdges(tx: Tx, scope: JourneyScope) {
  const { rows } = await sql<{ from: string | null; to: string; count: number }>`
    select origin as "from", step as "to", sum(n)::int as count from step_way t
    where ${inScope(sql`t`, scope)} and hour >= date_trunc('hour', now() - interval '7 days', 'UTC') group by 1, 2 having sum(n) <> 0`.execute(
    kysely(tx),
  );
  return rows;
}

/** Whether a row of `run`, or of what is counted of runs and their steps, is in a scope. */
function inScope(row: RawBuilder<unknown>, { workspaceId, journeyId, version }: JourneyScope): RawBuilder<unknown> {
  const journey = sql`${row}.workspace_id = ${workspaceId} and ${row}.subject_id = ${journeyId}`;
  if (version === null) return journey;
  return sql`${journey} and ${row}.version_id = (select id from journey_version
    where workspace_id = ${workspaceId} and journey_id = ${journeyId} and version = ${version})`;
}
