import { sql } from 'kysely';
import type { JourneyDefinition, Reentry } from '../../../contracts/journeys/journey.schema.ts';
import type { Execution } from '../../../contracts/runs/execution.schema.ts';
import { admit, type EarlierRun } from '../../../domain/journeys/entry.ts';
import type { JourneyEntry } from '../../../domain/journeys/state.ts';
import { newId } from '../../ids.ts';
import { createRuns } from '../runs/runs.ts';
import type { JourneyStatus } from './journeys.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** One contact on its way into a journey. `entry` becomes the run's first facts. */
export type JourneyStart = {
  journeyId: string;
  versionId: string;
  title: string;
  reentry: Reentry;
  contactId: string;
  /** The member who asked for the run. */
  requestedBy: string | null;
  /** What works the run. */
  execution: Execution;
  /** An ended run that does not count, because this one is to be in its place. */
  inPlaceOf?: string;
  entry: JourneyEntry;
};

/** What came of a start; not `created`: the re-entry policy has it that `runId` stands. */
export type StartedJourney = { runId: string; created: boolean };

/**
 * Starts a journey run with its outbox row in the caller's transaction, unless the re-entry policy refuses. The contact's row
 * must be locked (`lockContacts`): with that, looking at earlier runs is no race; the unique entry key stands behind it.
 */
export async function startJourneyRun(tx: Tx, workspaceId: string, start: JourneyStart): Promise<StartedJourney> {
  const [started] = await startJourneyRuns(tx, workspaceId, [start]);
  if (!started) throw new Error('A start came back without its result');
  return started;
}

/** As `startJourneyRun`, for many in the order in which they happened; one answer for each. */
export async function startJourneyRuns(tx: Tx, workspaceId: string, starts: JourneyStart[]): Promise<StartedJourney[]> {
  if (starts.length === 0) return [];
  const earlier = await earlierRuns(tx, workspaceId, starts);
  const begun: { start: JourneyStart; runId: string; entryKey: string }[] = [];
  const answers = starts.map((start): StartedJourney => {
    const known = withoutReplaced(earlier.get(pairOf(start)) ?? [], start.inPlaceOf);
    const admission = admit(start.reentry, start.entry.key, known);
    if (admission.kind === 'refused') return { runId: admission.by.runId, created: false };
    const run = { runId: newId(), key: start.entry.key, isLive: true, hasFailed: false, inPlaceOf: null };
    begun.push({ start, runId: run.runId, entryKey: `${pairOf(start)}${admission.suffix}` });
    earlier.set(pairOf(start), [...known, run]);
    return { runId: run.runId, created: true };
  });
  if (begun.length === 0) return answers;
  await createRuns(
    tx,
    begun.map(({ start, runId, entryKey }) => {
      const { title, journeyId: subjectId, versionId, contactId, requestedBy, execution, entry } = start;
      const who = { subjectId, versionId, contactId, requestedBy, execution };
      const run = { workspaceId, id: runId, kind: 'journey' as const, title, entryKey, ...who };
      // As late as the event that lets them in, so that a timeline shows it after that event and before the first step.
      return { ...run, startedAt: entry.receivedAt };
    }),
  );
  await kysely(tx)
    .insertInto('journey_run')
    .values(
      begun.map(({ start, runId }) => ({
        workspace_id: workspaceId,
        run_id: runId,
        journey_id: start.journeyId,
        version_id: start.versionId,
        contact_id: start.contactId,
        entry: JSON.stringify({ ...start.entry, inPlaceOf: start.inPlaceOf }),
      })),
    )
    .execute();
  return answers;
}

/** A run that is to be begun anew, or taken up, does not count, nor those in whose place it was begun. */
function withoutReplaced(runs: readonly KnownRun[], replaced: string | undefined): KnownRun[] {
  const gone = new Set<string>();
  for (let id = replaced ?? null; id !== null && !gone.has(id);) {
    gone.add(id);
    id = runs.find(({ runId }) => runId === id)?.inPlaceOf ?? null;
  }
  return runs.map((run) => (gone.has(run.runId) ? { ...run, hasFailed: true } : run));
}

type KnownRun = EarlierRun & { inPlaceOf: string | null };

/** Every run that the contacts of these starts have or had in their journeys, the first first: what the policies decide by. */
async function earlierRuns(
  tx: Tx,
  workspaceId: string,
  starts: readonly Pick<JourneyStart, 'journeyId' | 'contactId'>[],
): Promise<Map<string, KnownRun[]>> {
  const pairs = JSON.stringify(starts.map((start) => ({ journey_id: start.journeyId, contact_id: start.contactId })));
  const { rows } = await sql<{
    run_id: string;
    journey_id: string;
    contact_id: string;
    key: string | null;
    is_live: boolean;
    has_failed: boolean;
    in_place_of: string | null;
  }>`
    select j.run_id, j.journey_id, j.contact_id, j.entry->>'key' as key, r.ended_at is null as is_live, r.status = 'failed' as has_failed, j.entry->>'inPlaceOf' as in_place_of
    from (select distinct * from jsonb_to_recordset(${pairs}::jsonb) as p(journey_id uuid, contact_id uuid)) p
    join journey_run j on j.workspace_id = ${workspaceId} and j.contact_id = p.contact_id and j.journey_id = p.journey_id
    join run r on r.workspace_id = j.workspace_id and r.id = j.run_id
    order by r.id`.execute(kysely(tx));
  const found = new Map<string, KnownRun[]>();
  for (const row of rows) {
    const pair = `${row.journey_id}/${row.contact_id}`;
    const run = { runId: row.run_id, key: row.key, isLive: row.is_live, hasFailed: row.has_failed };
    const known = { ...run, inPlaceOf: row.in_place_of };
    found.set(pair, [...(found.get(pair) ?? []), known]);
  }
  return found;
}

/** The journey of a run, with a lock under which its status stays, and what the run began with; undefined where it is of another kind. */
export async function journeyOfRun(
  tx: Tx,
  run: { workspace_id: string; id: string },
): Promise<JourneyOfRun | undefined> {
  const { rows } = await sql<JourneyOfRun>`
    select j.id, j.slug, j.status, jr.contact_id as "contactId", jr.entry, v.definition
    from journey_run jr join journey j on j.workspace_id = jr.workspace_id and j.id = jr.journey_id
    join journey_version v on v.workspace_id = jr.workspace_id and v.id = jr.version_id
    where jr.workspace_id = ${run.workspace_id} and jr.run_id = ${run.id} for share of j`.execute(kysely(tx));
  return rows[0];
}

/** A run's journey, and what the run began with. */
export type JourneyOfRun = {
  id: string;
  slug: string;
  status: JourneyStatus;
  contactId: string;
  entry: JourneyEntry;
  /** Of the version that the run follows. */
  definition: JourneyDefinition;
};

/**
 * The run that the re-entry policy has stand instead of an ended one, which therefore cannot be live again; null where there is none. The
 * contact's row must be locked.
 */
export async function runInTheWay(
  tx: Tx,
  run: { workspace_id: string; id: string },
  journey: JourneyOfRun,
): Promise<string | null> {
  const { id: journeyId, contactId, entry, definition } = journey;
  const known = await earlierRuns(tx, run.workspace_id, [{ journeyId, contactId }]);
  const runs = withoutReplaced([...known.values()].flat(), run.id);
  const admission = admit(
    definition.reentry,
    entry.key,
    runs.filter(({ runId }) => runId !== run.id),
  );
  return admission.kind === 'refused' ? admission.by.runId : null;
}

function pairOf(start: Pick<JourneyStart, 'journeyId' | 'contactId'>): string {
  return `${start.journeyId}/${start.contactId}`;
}
