import { sql } from 'kysely';
import {
  advanceBulk,
  BulkEnded,
  type BulkRow,
  cancelBulk,
  cancelOfJourney,
  findBulk,
  insertBulk,
  type NewBulk,
  releaseBulk,
} from '../bulk/bulk-operations.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';
import { retryFaults, wakeRuns } from '../runs/runs.ts';
import { journeyById, type JourneyRow, type JourneyStatus } from './journeys.ts';

/** The message that the live runs of a journey get when it is paused, resumed or stopped. */
export type SwitchMessage = 'pause' | 'resume' | 'exit';

/**
 * The status in which a message still holds: code of before changes it without ending what is being sent. People leave a journey that was stopped
 * whatever becomes of it.
 */
const holdsIn: Partial<Record<SwitchMessage, JourneyStatus>> = { pause: 'paused', resume: 'live' };

/**
 * Notes that the live runs of a journey are to get a message, in the transaction in which its status changes: what a process that dies has not sent
 * is sent by another. It is for those who are in it now, not for who enters later, and takes the place of the one before, which reaches nobody any
 * more. The journey is locked.
 */
export async function beginSwitch(
  tx: Tx,
  { workspace_id: workspaceId, id: journeyId, rev }: JourneyRow,
  message: SwitchMessage,
  of: Pick<NewBulk, 'actor' | 'requestedBy' | 'reason'>,
): Promise<BulkRow> {
  await cancelOfJourney(tx, { workspaceId, journeyId, kind: 'switch' });
  const { rows } = await sql<{ total: number; until: string | null }>`
    select count(*)::int as total, max(id::text) as until from run where workspace_id = ${workspaceId} and subject_id = ${journeyId} and ended_at is null`.execute(
    kysely(tx),
  );
  const [{ total, until } = { total: 0, until: null }] = rows;
  const selection = { message, ref: `journey/${rev}`, until };
  const about = { workspaceId, kind: 'switch', selection, subjectId: journeyId } as const;
  return insertBulk(tx, { ...of, ...about, total });
}

/** Runs that get the message in one transaction: some 50 ms, so that the change feed never stalls. */
const CHUNK = 500;

/**
 * Sends the message to the next runs, in the order of their ids, and wakes them. The request that switches a journey and the runner come here at once:
 * one waits for the other, and goes on from where it has come. @returns whether more is to do
 * @throws BulkEnded where another switch came first: what was sent here is taken back
 */
export async function switchNext(tx: Tx, { workspace_id: workspaceId, id }: BulkRow): Promise<boolean> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${id}, 7409))`.execute(kysely(tx));
  const bulk = await findBulk(tx, workspaceId, id);
  if (bulk?.state !== 'running') return false;
  const { message, ref, until } = bulk.selection as { message: SwitchMessage; ref: string; until: string | null };
  const status = holdsIn[message];
  if (status !== undefined && (await journeyById(tx, workspaceId, bulk.subject_id))?.status !== status) {
    await cancelBulk(tx, { workspaceId, id });
    return false;
  }
  const { rows } = await sql<{ id: string }>`
    with chosen as (
      select id from run where workspace_id = ${workspaceId} and subject_id = ${bulk.subject_id} and ended_at is null
        and (${bulk.cursor}::uuid is null or id > ${bulk.cursor}::uuid) and id <= ${until}::uuid
      order by id limit ${CHUNK}),
    noted as (
      insert into run_inbox (workspace_id, run_id, kind, ref, payload)
      select ${workspaceId}::uuid, id, ${message}, ${ref}, ${JSON.stringify({ reason: bulk.reason })}::jsonb from chosen
      on conflict (workspace_id, run_id, kind, ref) do nothing)
    select id from chosen order by id`.execute(kysely(tx));
  const runIds = rows.map((row) => row.id);
  await wakeRuns(tx, workspaceId, runIds);
  if (message === 'exit') await retryFaults(tx, workspaceId, runIds);
  const cursor = runIds.at(-1) ?? null;
  if (!(await advanceBulk(tx, bulk, { cursor, done: runIds.length, refused: 0, isOver: cursor === null })))
    throw new BulkEnded();
  // The request may do no more: what is left goes on at once, not after a lease.
  await releaseBulk(tx, bulk);
  return cursor !== null;
}
