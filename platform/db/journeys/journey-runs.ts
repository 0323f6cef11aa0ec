import { sql } from 'kysely';
import { limits } from '../../../contracts/core/limits.ts';
import type { JsonObject } from '../../../contracts/core/machine.ts';
import type { RunEnd } from '../../../domain/journeys/entry.ts';
import { isoOf, type StoredEvent } from '../contacts/events.ts';
import { kysely } from '../core/kysely.ts';
import type { Reading } from '../core/readings.ts';
import type { Tx } from '../core/workspace.ts';
import type { OfRun } from '../runs/turns.ts';

/** What a journey run is about. `contact` has the attributes with `externalId`, `email` and, where known, `timeZone`. */
export type JourneyRunFacts = {
  versionId: string;
  sha256: string;
  entry: JsonObject;
  contact: JsonObject;
  workspaceZone: string;
  /** The move to another version that the run has not received yet. */
  move: { bulkId: string | null; versionId: string; sha256: string } | null;
};

/** The facts of a run as they are now; an erased contact is an empty one. @throws Error when the run is no journey's */
export function journeyFacts(run: Pick<OfRun, 'workspaceId' | 'runId'>): Reading<JourneyRunFacts> {
  const { query, from } = foundJourneyFacts(run);
  return {
    query,
    from(rows) {
      const facts = from(rows);
      if (!facts) throw new Error('A run is no journey run');
      return facts;
    },
  };
}

/** As `journeyFacts`; undefined when the run is no journey's. */
export function foundJourneyFacts({
  workspaceId,
  runId,
}: Pick<OfRun, 'workspaceId' | 'runId'>): Reading<JourneyRunFacts | undefined> {
  return {
    query: sql`
      select jr.version_id as "versionId", v.sha256, jr.entry, w.zone as "workspaceZone",
        coalesce(c.attributes, '{}') || jsonb_strip_nulls(jsonb_build_object('externalId', c.external_id, 'email', c.email, 'timeZone', c.zone)) as contact,
        (select jsonb_build_object('bulkId', i.payload -> 'bulkId', 'versionId', t.id, 'sha256', t.sha256) from run_inbox i
          join journey_version t on t.workspace_id = i.workspace_id and t.id = (i.payload ->> 'versionId')::uuid and t.journey_id = jr.journey_id
          where i.workspace_id = jr.workspace_id and i.run_id = jr.run_id and i.consumed_turn is null and i.kind = 'move'
          order by i.seq desc limit 1) as move
      from journey_run jr
      join journey_version v on v.workspace_id = jr.workspace_id and v.id = jr.version_id
      join workspace w on w.id = jr.workspace_id
      left join contact c on c.workspace_id = jr.workspace_id and c.id = jr.contact_id
      where jr.workspace_id = ${workspaceId} and jr.run_id = ${runId}`,
    from: ([facts]) => facts as JourneyRunFacts | undefined,
  };
}

/** The definition of a version; it never changes, so callers keep it under its hash. */
export async function loadDefinition(tx: Tx, workspaceId: string, versionId: string): Promise<JsonObject> {
  const row = await kysely(tx)
    .selectFrom('journey_version')
    .select('definition')
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', versionId)
    .executeTakeFirstOrThrow();
  return row.definition as JsonObject;
}

/** An event with the journey that it may let its contact into. */
export type EventOfJourney = StoredEvent & { journeyId: string };

/** At most so many at the end of one run: what one call brings in. */
const MOST_EVENTS = limits.eventsPerCall;

/**
 * The events of a run's contact that its journey as it is now is entered by, that were received after the one that let them in, happened after the
 * run's end and began no run, in the order in which they occurred.
 */
export async function eventsAfterRun(
  tx: Tx,
  workspaceId: string,
  runId: string,
  after: RunEnd,
): Promise<EventOfJourney[]> {
  const { rows } = await sql<EventOfJourney>`
    select e.id, e.name, e.contact_id as "contactId", e.key, e.properties, jr.journey_id as "journeyId",
      ${isoOf('e.occurred_at')} as "occurredAt", ${isoOf('e.received_at')} as "receivedAt"
    from journey_run jr
    join journey j on j.workspace_id = jr.workspace_id and j.id = jr.journey_id
    join journey_version v on v.workspace_id = j.workspace_id and v.journey_id = j.id and v.version = j.live_version
    join event e on e.workspace_id = jr.workspace_id and e.contact_id = jr.contact_id and e.name = any(v.entry_events)
      and e.received_at > coalesce((select b.received_at from event b where b.workspace_id = jr.workspace_id and b.id = jr.entry ->> 'eventId'),
        (jr.entry ->> 'receivedAt')::timestamptz) and not e.is_history
    where jr.workspace_id = ${workspaceId} and jr.run_id = ${runId}
      and case when ${after.occurredAt}::timestamptz is null then e.received_at > ${after.receivedAt}::timestamptz
        else (e.occurred_at, e.received_at) > (${after.occurredAt}::timestamptz, ${after.receivedAt}::timestamptz) end
      and not exists (select from journey_run o where o.workspace_id = jr.workspace_id and o.contact_id = jr.contact_id
        and o.journey_id = jr.journey_id and o.entry ->> 'eventId' = e.id)
    order by e.occurred_at, e.received_at limit ${MOST_EVENTS}`.execute(kysely(tx));
  return rows;
}
