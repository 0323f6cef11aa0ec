import { sql } from 'kysely';
import type { JourneyDefinition } from '../../../contracts/journeys/journey.schema.ts';
import { graphOf } from '../../../domain/journeys/graph.ts';
import { titleOf } from '../../../domain/journeys/nodes/node-title.ts';
import { changedSteps, type Moved, type WhyItStays } from '../../../domain/journeys/versions/move-run.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';
import type { JourneyVersionRow } from './journey-versions.ts';
import { wakeRuns } from '../runs/runs.ts';
import { refuseBulk, type BulkRow } from '../bulk/bulk-operations.ts';

/** Live runs of one version that stand in a step; `why` they stay in it, null where they move. */
export type MoveGroup = { from: number; step: string | null; title: string; count: number; why: WhyItStays | null };

/** The version that a run `j` goes on in: that of the last move which it has not received yet, else its own. */
const goesOnIn = sql`coalesce((
  select (i.payload ->> 'versionId')::uuid from run_inbox i
  where i.workspace_id = j.workspace_id and i.run_id = j.run_id and i.consumed_turn is null and i.kind = 'move'
  order by i.seq desc limit 1), j.version_id)`;

/**
 * Where the live runs stand that do not go on in `target`, and which of them a move to it takes; those on their way to another version count where
 * they are. It is what each of them knows now: a run decides for itself in the turn in which it receives the move.
 */
export async function previewMove(tx: Tx, target: JourneyVersionRow): Promise<MoveGroup[]> {
  const groups: MoveGroup[] = [];
  for (const version of await liveVersions(tx, target)) {
    const before = version.definition as JourneyDefinition;
    const { changed, gone } = changedSteps(before, target.definition as JourneyDefinition);
    const { places } = graphOf(before);
    const { rows } = await sql<{ step: string | null; passed: boolean; count: number }>`
      select r.current_step as step, been.passed, count(*)::int as count
      from journey_run j join run r on r.workspace_id = j.workspace_id and r.id = j.run_id and r.ended_at is null
      cross join lateral (select exists (select from step s where s.workspace_id = r.workspace_id and s.run_id = r.id
        and s.step = any(${[...changed, ...gone]}::text[])
        and not (s.step = r.current_step and s.status = 'waiting' and s.waiting_for in ('time', 'event'))) as passed) been
      where j.workspace_id = ${target.workspace_id} and j.version_id = ${version.id} and ${goesOnIn} <> ${target.id}::uuid
      group by 1, 2 order by 1, 2`.execute(kysely(tx));
    for (const { step, passed, count } of rows) {
      const isGone = step !== null && gone.includes(step);
      const place = step === null ? undefined : places.get(step);
      const title = place ? titleOf(place.node) : (step ?? '');
      groups.push({ from: version.version, step, title, count, why: isGone ? 'gone' : passed ? 'passed' : null });
    }
  }
  return groups;
}

/** The versions of a journey in which runs are live. */
async function liveVersions(
  tx: Tx,
  target: JourneyVersionRow,
): Promise<Pick<JourneyVersionRow, 'id' | 'version' | 'definition'>[]> {
  const { rows } = await sql<Pick<JourneyVersionRow, 'id' | 'version' | 'definition'>>`
    select v.id, v.version, v.definition from journey_version v
    where v.workspace_id = ${target.workspace_id} and v.journey_id = ${target.journey_id}
      and exists (select from journey_run j join run r on r.workspace_id = j.workspace_id and r.id = j.run_id
        where j.workspace_id = v.workspace_id and j.version_id = v.id and r.ended_at is null)
    order by v.version`.execute(kysely(tx));
  return rows;
}

/** Runs that get the message in one transaction. */
const CHUNK = 500;

/**
 * Sends the next live runs that would go on in another version the move and wakes them, in the order of their ids after the operation's cursor. Repeatable: each
 * gets it once from one operation. @returns the last of them, and how many; null when none is left
 */
export async function sendMoves(
  tx: Tx,
  bulk: BulkRow,
  versionId: string,
): Promise<{ cursor: string; count: number } | null> {
  const { rows } = await sql<{ id: string }>`
    with chosen as (
      select r.id from run r join journey_run j on j.workspace_id = r.workspace_id and j.run_id = r.id
      where r.workspace_id = ${bulk.workspace_id} and r.subject_id = ${bulk.subject_id} and r.ended_at is null and ${goesOnIn} <> ${versionId}::uuid
        and (${bulk.cursor}::uuid is null or r.id > ${bulk.cursor}::uuid)
      order by r.id limit ${CHUNK}),
    noted as (
      insert into run_inbox (workspace_id, run_id, kind, ref, payload)
      select ${bulk.workspace_id}::uuid, id, 'move', ${bulk.id}, ${JSON.stringify({ versionId, bulkId: bulk.id })}::jsonb from chosen
      on conflict (workspace_id, run_id, kind, ref) do nothing)
    select id from chosen order by id`.execute(kysely(tx));
  const cursor = rows.at(-1)?.id;
  if (cursor === undefined) return null;
  await wakeRuns(
    tx,
    bulk.workspace_id,
    rows.map(({ id }) => id),
  );
  return { cursor, count: rows.length };
}

/** Notes that a run follows another version from this turn on. */
export async function followVersion(
  tx: Tx,
  run: { workspace_id: string; id: string },
  versionId: string,
): Promise<void> {
  await sql`update journey_run set version_id = ${versionId} where workspace_id = ${run.workspace_id} and run_id = ${run.id}`.execute(
    kysely(tx),
  );
}

const words: Readonly<Record<WhyItStays, (step: string) => string>> = {
  passed: (step) => `It has been in “${step}”, which is another step there`,
  gone: (step) => `It stands in “${step}”, which is not there`,
};

/** Notes with its operation why a run stays in its version. */
export async function refuseMove(
  tx: Tx,
  run: { workspace_id: string; id: string },
  bulkId: string | null,
  { why, step }: Extract<Moved, { kind: 'stays' }>,
): Promise<void> {
  if (bulkId === null) return;
  const of = { workspaceId: run.workspace_id, bulkId, runId: run.id };
  if (!(await refuseBulk(tx, of, { code: `move.${why}`, message: words[why](step) }))) return;
  await sql`update bulk_operation set done = done - 1, refused = refused + 1
    where workspace_id = ${run.workspace_id} and id = ${bulkId}`.execute(kysely(tx));
}
