import { type RawBuilder, sql } from 'kysely';
import { kysely } from '../../core/kysely.ts';
import type { Tx } from '../../core/workspace.ts';
import { journeyCalled, matches, type RunFilter, versionNumbered } from './run-filter.ts';

type Sql = RawBuilder<unknown>;

/** How many runs a filter leaves, by kind, status and what they wait for. */
export async function countRuns(
  tx: Tx,
  filter: RunFilter,
): Promise<{ kind: string; status: string; waiting_for: string | null; count: number }[]> {
  const { rows } = await sql<{ kind: string; status: string; waiting_for: string | null; count: number }>`
    ${isTallied(filter) ? tallied(filter) : sql`select r.kind, r.status, r.waiting_for, count(*)::int as count from run r where ${matches(filter)} group by 1, 2, 3`}`.execute(
    kysely(tx),
  );
  return rows;
}

/** Whether runs are counted by all that a filter asks for; those of a person, in trouble, or of a few hours are few enough to look at. */
function isTallied({ state, contact, startedAfter }: RunFilter): boolean {
  return state !== 'trouble' && contact === null && startedAfter === null;
}

function tallied(filter: RunFilter): Sql {
  const { workspaceId, kind, status, state, waitingFor, journey, version, step } = filter;
  const conditions = [sql`t.workspace_id = ${workspaceId}`];
  if (kind !== null) conditions.push(sql`t.kind = ${kind}`);
  if (status !== null) conditions.push(sql`t.status = ${status}`);
  if (state !== null) conditions.push(sql`t.is_live = ${state === 'live'}`);
  if (waitingFor !== null) conditions.push(sql`t.waiting_for = ${waitingFor}`);
  if (step !== null) conditions.push(sql`t.step = ${step}`);
  if (journey !== null) conditions.push(sql`t.subject_id = ${journeyCalled(workspaceId, journey)}`);
  if (journey !== null && version !== null)
    conditions.push(sql`t.version_id = ${versionNumbered(workspaceId, journey, version)}`);
  const own = sql`select t.kind, t.status, t.waiting_for, t.n from run_tally t where ${sql.join(conditions, sql` and `)}`;
  const all =
    step === null
      ? own
      : sql`${own} union all select r.kind, r.status, r.waiting_for, 1 from run r where ${hasBranchAtStep(filter)}`;
  return sql`select kind, status, waiting_for, sum(n)::int as count from (${all}) counted group by 1, 2, 3 having sum(n) <> 0`;
}

/** The runs of which a branch stands at the step beside the run itself, which is counted where it stands: there are few. */
function hasBranchAtStep(filter: RunFilter): Sql {
  return sql`${matches({ ...filter, step: null, state: 'live' })} and r.id in (
    select run_id from run_position where workspace_id = ${filter.workspaceId} and step = ${filter.step} and is_beside)`;
}
