import { sql } from 'kysely';
import type { JsonObject } from '../../../../contracts/core/machine.ts';
import type { JourneyDefinition } from '../../../../contracts/journeys/journey.schema.ts';
import type { Execution } from '../../../../contracts/runs/execution.schema.ts';
import { advanceBulk, BulkEnded, type BulkRow, cancelBulk, findBulk, refuseAll } from '../../bulk/bulk-operations.ts';
import { lockContactsById } from '../../contacts/contacts.ts';
import { receivedNow } from '../../contacts/events.ts';
import { kysely } from '../../core/kysely.ts';
import type { Tx } from '../../core/workspace.ts';
import { startJourneyRuns, type StartedJourney } from '../journey-starts.ts';
import { findJourneyVersion } from '../journey-versions.ts';
import { journeyById, type LiveJourney, liveJourneyById } from '../journeys.ts';
import { nextPeople } from './people-meant.ts';

/** People who enter in one transaction: some 100 ms, so that the change feed never stalls and nobody waits long for their contact. */
const CHUNK = 250;

/**
 * Runs of a journey that may wait for their first turn: above that people wait here, not in front of everybody else. A pool makes some thousand first
 * turns a second and takes what others have received before them; runs with workflows of their own begin some 25 a second, in the order in which they came.
 */
const mostStarting: Readonly<Record<Execution, number>> = { pooled: 2_000, dedicated: 200 };

/** What an entry of many has besides its people. */
export type EntryTerms = { key: string | null; variables: JsonObject; execution: Execution };

/**
 * What a piece has come to: how many entered and that more are to come, or that it rests because the journey is paused (`journey`) or as many runs
 * as may have not had their first turn yet (`starts`), or that nobody is left.
 */
export type Piece =
  { kind: 'entered'; count: number } | { kind: 'rests'; for: 'journey' | 'starts' } | { kind: 'over' };

/**
 * Lets the next people of an entry of many in, with the progress: whatever dies, each is reached once. Who is reached while the journey is paused
 * waits with it, or is left out where the journey drops them. `most` is how many may enter.
 * @throws BulkEnded where the operation does not run, or another process has gone on with it: what was done here is taken back
 */
export async function enterMany(tx: Tx, { workspace_id: workspaceId, id }: BulkRow, most: number): Promise<Piece> {
  const bulk = await findBulk(tx, workspaceId, id);
  if (bulk?.state !== 'running') throw new BulkEnded();
  const { execution } = bulk.selection as EntryTerms;
  const room = mostStarting[execution] - (await countStarting(tx, bulk, execution));
  if (room <= 0) return { kind: 'rests', for: 'starts' };
  const next = await nextPeople(tx, bulk, Math.min(most, CHUNK, room));
  const contacts = await lockContactsById(tx, workspaceId, next.ids);
  const live = await liveJourneyById(tx, workspaceId, bulk.subject_id);
  const isWaiting = live ? false : await waitsForJourney(tx, bulk);
  if (isWaiting === 'stopped') {
    await cancelBulk(tx, { workspaceId, id });
    return { kind: 'over' };
  }
  if (isWaiting === 'waits') return { kind: 'rests', for: 'journey' };
  const started = live ? await start(tx, bulk, live, contacts) : [];
  const count = started.filter(({ created }) => created).length;
  const standing = started.flatMap(({ created, runId }) => (created ? [] : [runId]));
  await refuseAll(tx, bulk, standing, keptOut);
  const reasons = reasonsOf({
    [keptOut.code]: standing.length,
    'journey.dropped': live ? 0 : contacts.length,
    'contact.notFound': next.ids.length - contacts.length,
  });
  const refused = next.ids.length - count;
  const step = { cursor: next.cursor, done: count, refused, reasons, isOver: next.isLast };
  if (!(await advanceBulk(tx, bulk, step))) throw new BulkEnded();
  return next.isLast ? { kind: 'over' } : { kind: 'entered', count };
}

const keptOut = { code: 'journey.reentry', message: 'The journey’s re-entry policy keeps this contact out' };

/**
 * How many runs of the journey that are carried in this way wait for their first turn, as many as may at most. What has waited for ten minutes
 * stands for another reason, of which an incident speaks, and holds nobody up.
 */
async function countStarting(tx: Tx, bulk: BulkRow, execution: Execution): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from (
      select from run where workspace_id = ${bulk.workspace_id} and status = 'starting' and subject_id = ${bulk.subject_id}
        and (pool is not null) = ${execution === 'pooled'} and updated_at > now() - interval '10 minutes'
      limit ${mostStarting[execution]}) starting`.execute(kysely(tx));
  return rows[0]?.count ?? 0;
}

/** Of a journey that lets nobody in: `waits` where it is paused and keeps who would enter, `drops` where it does not keep them. */
async function waitsForJourney(tx: Tx, bulk: BulkRow): Promise<'waits' | 'drops' | 'stopped'> {
  const journey = await journeyById(tx, bulk.workspace_id, bulk.subject_id);
  // One that goes on again since is live in the next piece.
  if (journey?.status === 'live') return 'waits';
  if (journey?.status !== 'paused') return 'stopped';
  const version = await findJourneyVersion(tx, journey, journey.live_version ?? 0);
  return (version?.definition as JourneyDefinition | undefined)?.pausedEntries === 'drop' ? 'drops' : 'waits';
}

async function start(
  tx: Tx,
  bulk: BulkRow,
  journey: LiveJourney,
  contactIds: readonly string[],
): Promise<StartedJourney[]> {
  const { key, variables, execution } = bulk.selection as EntryTerms;
  const now = await receivedNow(tx);
  return startJourneyRuns(
    tx,
    bulk.workspace_id,
    contactIds.map((contactId) => ({
      journeyId: journey.id,
      versionId: journey.versionId,
      title: journey.name,
      reentry: journey.definition.reentry,
      contactId,
      requestedBy: bulk.requested_by ?? journey.publisher,
      execution,
      entry: {
        eventId: null,
        event: 'startedByHand',
        key,
        properties: variables,
        occurredAt: now,
        receivedAt: now,
      },
    })),
  );
}

function reasonsOf(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}
