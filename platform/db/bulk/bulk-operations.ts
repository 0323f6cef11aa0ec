import { sql, type Selectable } from 'kysely';
import type { JsonObject } from '../../../contracts/core/json.ts';
import type { BulkKind } from '../../../contracts/runs/bulk-api.schema.ts';
import { newId } from '../../ids.ts';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';
import type { Tx } from '../core/workspace.ts';
import type { Database } from '../tables/tables.ts';

/** An operation's row. */
export type BulkRow = Selectable<Database['bulk_operation']>;

/**
 * A new operation. `subjectId` is the journey of a `move`, an `enter`, an `enterMany` or a `switch`; `total` is what it has to do, as counted now.
 */
export type NewBulk = {
  workspaceId: string;
  kind: BulkKind;
  reason: string;
  selection: JsonObject;
  subjectId: string | null;
  actor: { kind: 'member' | 'apiKey'; id: string; name: string };
  requestedBy: string | null;
  total: number;
  /** What it cannot do anything about from the beginning, by the code of why. */
  reasons?: Readonly<Record<string, number>>;
};

/** Notes an operation; the API takes it up within a second. */
export function insertBulk(tx: Tx, bulk: NewBulk): Promise<BulkRow> {
  const { reasons = {} } = bulk;
  return kysely(tx)
    .insertInto('bulk_operation')
    .values({
      workspace_id: bulk.workspaceId,
      id: newId(),
      kind: bulk.kind,
      reason: bulk.reason,
      selection: JSON.stringify(bulk.selection),
      subject_id: bulk.subjectId,
      actor: JSON.stringify(bulk.actor),
      requested_by: bulk.requestedBy,
      total: bulk.total,
      refused: sumOf(reasons),
      reasons: JSON.stringify(reasons),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** How many people an operation lets in a minute at most; null where it says nothing of that. */
export function rateOf({ selection: { rate } }: Pick<BulkRow, 'selection'>): number | null {
  return typeof rate === 'number' ? rate : null;
}

/** One operation; undefined where the workspace has none with that id. */
export function findBulk(tx: Tx, workspaceId: string, id: string): Promise<BulkRow | undefined> {
  return kysely(tx)
    .selectFrom('bulk_operation')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .executeTakeFirst();
}

/** A page of operations, newest first, below `before`; one more than `limit` shows that there is a next page. */
export function listBulk(
  tx: Tx,
  page: {
    workspaceId: string;
    state: string | null;
    kind: string | null;
    journey: string | null;
    before: string | null;
    limit: number;
  },
): Promise<BulkRow[]> {
  let query = kysely(tx).selectFrom('bulk_operation').selectAll().where('workspace_id', '=', page.workspaceId);
  if (page.state !== null) query = query.where('state', '=', page.state);
  if (page.kind !== null) query = query.where('kind', '=', page.kind);
  if (page.before !== null) query = query.where('id', '<', page.before);
  if (page.journey !== null)
    query = query.where(
      sql<boolean>`subject_id = (select j.id from journey j where j.workspace_id = ${page.workspaceId} and j.slug = ${page.journey})`,
    );
  return query
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute();
}

/** A run that refused, with its title. */
export type RefusalRow = { run_id: string; title: string; code: string; message: string };

/** A page of the runs that refused, below `before`. */
export async function listRefusals(
  tx: Tx,
  page: { workspaceId: string; bulkId: string; before: string | null; limit: number },
): Promise<RefusalRow[]> {
  const { rows } = await sql<RefusalRow>`
    select f.run_id, r.title, f.code, f.message from bulk_refusal f
    join run r on r.workspace_id = f.workspace_id and r.id = f.run_id
    where f.workspace_id = ${page.workspaceId} and f.bulk_id = ${page.bulkId} and (${page.before}::uuid is null or f.run_id < ${page.before}::uuid)
    order by f.run_id desc limit ${page.limit + 1}`.execute(kysely(tx));
  return rows;
}

/** Seconds in which one process alone works on an operation that it has taken; one that died leaves it to the others then. */
const LEASE = 60;

/** Takes the operation that waits longest and that no other process works on; of all workspaces, by the system role. */
export async function takeBulk(db: Db): Promise<BulkRow | undefined> {
  const { rows } = await sql<BulkRow>`
    update bulk_operation b set leased_until = clock_timestamp() + make_interval(secs => ${LEASE})
    where (b.workspace_id, b.id) = (
      select workspace_id, id from bulk_operation where state = 'running' and (leased_until is null or leased_until < clock_timestamp())
      order by leased_until nulls first, created_at limit 1 for update skip locked)
    returning b.*`.execute(kysely(db));
  return rows[0];
}

/** The operation was cancelled, or another process has gone on with it: what was done with it here is taken back. */
export class BulkEnded extends Error {}

/** Whom it was about stays with its runs: a filter may name a contact, whom an erasure must find nowhere else. */
const forgotten = sql`selection - 'filter' - 'ids' - 'variables'`;

/** How far an operation has come: `cursor` is the last that it has reached, `reasons` count the refused by the code of why. */
export type BulkStep = {
  cursor: string | null;
  done: number;
  refused: number;
  reasons?: Readonly<Record<string, number>>;
  isOver?: boolean;
};

/**
 * Notes progress in the transaction of what was done, and keeps the operation for another lease. @returns false where it was cancelled meanwhile,
 * or is not where `bulk` was any more, as another process has taken a step after the lease: then the caller takes back what it did
 */
export async function advanceBulk(tx: Tx, bulk: BulkRow, step: BulkStep): Promise<boolean> {
  const reasons = { ...bulk.reasons };
  for (const [code, count] of Object.entries(step.reasons ?? {})) reasons[code] = (reasons[code] ?? 0) + count;
  const result = await sql`
    update bulk_operation set cursor = coalesce(${step.cursor}::uuid, cursor), done = done + ${step.done}, refused = refused + ${step.refused},
      reasons = ${JSON.stringify(reasons)}::jsonb,
      state = case when ${step.isOver === true} then 'done' else state end, ended_at = case when ${step.isOver === true} then now() end,
      selection = case when ${step.isOver === true} then ${forgotten} else selection end,
      leased_until = clock_timestamp() + make_interval(secs => ${LEASE})
    where workspace_id = ${bulk.workspace_id} and id = ${bulk.id} and state = 'running'
      and cursor is not distinct from ${bulk.cursor}::uuid`.execute(kysely(tx));
  const isTaken = (result.numAffectedRows ?? 0n) > 0n;
  if (isTaken && step.isOver === true) await forgetPeople(tx, bulk.workspace_id, bulk.id);
  return isTaken;
}

/** Lets other processes take an operation, at once or after a rest. */
export async function releaseBulk(tx: Tx, bulk: BulkRow, restMs = 0): Promise<void> {
  await sql`update bulk_operation set leased_until = clock_timestamp() + make_interval(secs => ${restMs / 1_000}) where workspace_id = ${bulk.workspace_id} and id = ${bulk.id}`.execute(
    kysely(tx),
  );
}

/** Refusals that an operation names; of more it says how many. */
const mostNamed = 10_000;

/** Notes that runs stand in the way of what an operation would do, all for one reason; of very many the first alone. */
export async function refuseAll(
  tx: Tx,
  bulk: BulkRow,
  runIds: readonly string[],
  { code, message }: { code: string; message: string },
): Promise<void> {
  if (runIds.length === 0 || bulk.refused >= mostNamed) return;
  await sql`
    insert into bulk_refusal (workspace_id, bulk_id, run_id, code, message)
    select ${bulk.workspace_id}, ${bulk.id}, unnest(${runIds}::uuid[]), ${code}, ${message} on conflict do nothing`.execute(
    kysely(tx),
  );
}

/** Notes why a run did not take it; a repeat changes nothing. @returns whether it is new */
export async function refuseBulk(
  tx: Tx,
  of: { workspaceId: string; bulkId: string; runId: string },
  why: { code: string; message: string },
): Promise<boolean> {
  const result = await kysely(tx)
    .insertInto('bulk_refusal')
    .values({ workspace_id: of.workspaceId, bulk_id: of.bulkId, run_id: of.runId, ...why })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

const isOpen = sql`state in ('running', 'paused')`;

/** Ends an operation before what it has not reached. @returns whether it had not ended */
export async function cancelBulk(tx: Tx, of: { workspaceId: string; id: string }): Promise<boolean> {
  const result = await sql`update bulk_operation set state = 'cancelled', ended_at = now(), selection = ${forgotten}
    where workspace_id = ${of.workspaceId} and id = ${of.id} and ${isOpen}`.execute(kysely(tx));
  const isTaken = (result.numAffectedRows ?? 0n) > 0n;
  if (isTaken) await forgetPeople(tx, of.workspaceId, of.id);
  return isTaken;
}

/** Pauses a running operation, or has a paused one go on at once. @returns whether it has changed */
export async function pauseBulk(tx: Tx, of: { workspaceId: string; id: string }, isPaused: boolean): Promise<boolean> {
  const [from, to] = isPaused ? ['running', 'paused'] : ['paused', 'running'];
  const result = await sql`update bulk_operation set state = ${to}, leased_until = null
    where workspace_id = ${of.workspaceId} and id = ${of.id} and state = ${from}`.execute(kysely(tx));
  return (result.numAffectedRows ?? 0n) > 0n;
}

/** Ends the operations of a kind that go on with the runs of a journey. @returns whether there was one */
export async function cancelOfJourney(
  tx: Tx,
  of: { workspaceId: string; journeyId: string; kind: 'enter' | 'enterMany' | 'move' | 'switch' },
): Promise<boolean> {
  const { rows } = await sql<{ id: string }>`
    update bulk_operation set state = 'cancelled', ended_at = now(), selection = ${forgotten}
    where workspace_id = ${of.workspaceId} and subject_id = ${of.journeyId} and kind = ${of.kind} and ${isOpen} returning id`.execute(
    kysely(tx),
  );
  for (const { id } of rows) await forgetPeople(tx, of.workspaceId, id);
  return rows.length > 0;
}

async function forgetPeople(tx: Tx, workspaceId: string, bulkId: string): Promise<void> {
  await kysely(tx)
    .deleteFrom('bulk_person')
    .where('workspace_id', '=', workspaceId)
    .where('bulk_id', '=', bulkId)
    .execute();
}

function sumOf(reasons: Readonly<Record<string, number>>): number {
  return Object.values(reasons).reduce((sum, count) => sum + count, 0);
}
