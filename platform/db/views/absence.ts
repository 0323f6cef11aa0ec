import { sql } from 'kysely';
import type {
  EntryRecords,
  KnownEvent,
  JourneyAct,
  RunOnRecord,
  StatusThen,
} from '../../../domain/journeys/absence/entry-absence.ts';
import type { LineOnRecord, MailOnRecord, MailRecords } from '../../../domain/journeys/absence/mail-absence.ts';
import { contactFacts, type ContactRow } from '../contacts/contacts.ts';
import { isoOf } from '../contacts/events.ts';
import type { JourneyRow } from '../journeys/journeys.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';
import { deliveryOf } from './runs/mail-delivery.ts';

/** The newest of a person's events that matter to a journey; older ones explain nothing that these do not. */
const MOST_EVENTS = 50;
/** More runs than a person has in one journey. */
const MOST_RUNS = 200;

/** What is on record of a person and the entry of a journey. */
export async function entryRecordsOf(tx: Tx, journey: JourneyRow, contact: ContactRow): Promise<EntryRecords> {
  const of = { workspaceId: journey.workspace_id, journeyId: journey.id, contactId: contact.id };
  const { keptSince, changedAt } = await instantsOf(tx, of);
  return {
    now: {
      // The status is one of these by the table's own check.
      status: journey.status as StatusThen['status'],
      version: journey.live_version,
      keptSince,
    },
    acts: await actsOn(tx, of),
    events: await eventsOf(tx, of),
    runs: await runsOf(tx, of),
    contact: contactFacts(contact),
    contactChangedAt: changedAt,
  };
}

type Of = { workspaceId: string; journeyId: string; contactId: string };

/** To the microsecond, as they are compared with when events came. */
async function instantsOf(tx: Tx, of: Of): Promise<{ keptSince: string | null; changedAt: string }> {
  const { rows } = await sql<{ keptSince: string | null; changedAt: string }>`
    select ${isoOf('j.paused_at')} as "keptSince", ${isoOf('c.updated_at')} as "changedAt" from journey j, contact c
    where j.workspace_id = ${of.workspaceId} and j.id = ${of.journeyId} and c.workspace_id = ${of.workspaceId} and c.id = ${of.contactId}`.execute(
    kysely(tx),
  );
  return rows[0] ?? { keptSince: null, changedAt: new Date().toISOString() };
}

async function actsOn(tx: Tx, { workspaceId, journeyId }: Of): Promise<JourneyAct[]> {
  const { rows } = await sql<JourneyAct>`
    select split_part(act, '.', 2) as kind, ${isoOf('at')} as at, (detail ->> 'version')::int as version from audit_entry
    where workspace_id = ${workspaceId} and subject_id = ${journeyId} and subject_kind = 'journey'
      and act in ('journey.published', 'journey.paused', 'journey.resumed', 'journey.stopped')
    order by id`.execute(kysely(tx));
  return rows;
}

async function eventsOf(tx: Tx, { workspaceId, journeyId, contactId }: Of): Promise<KnownEvent[]> {
  const { rows } = await sql<KnownEvent>`
    select e.id, e.name, e.key, e.properties, ${isoOf('e.occurred_at')} as "occurredAt", ${isoOf('e.received_at')} as "receivedAt",
      e.is_history as "isHistory", (select jr.run_id from journey_run jr where jr.workspace_id = e.workspace_id
        and jr.contact_id = e.contact_id and jr.journey_id = ${journeyId} and jr.entry ->> 'eventId' = e.id limit 1) as "runId"
    from event e where e.workspace_id = ${workspaceId} and e.contact_id = ${contactId} and e.name in (
      select distinct unnest(v.entry_events) from journey_version v where v.workspace_id = ${workspaceId} and v.journey_id = ${journeyId})
    order by e.received_at desc limit ${MOST_EVENTS}`.execute(kysely(tx));
  return rows;
}

async function runsOf(tx: Tx, { workspaceId, journeyId, contactId }: Of): Promise<RunOnRecord[]> {
  const { rows } = await sql<RunOnRecord>`
    select r.id as "runId", jr.entry ->> 'key' as key, ${isoOf('r.started_at')} as "startedAt", ${isoOf('r.ended_at')} as "endedAt",
      r.status = 'failed' as "hasFailed", v.version
    from journey_run jr join run r on r.workspace_id = jr.workspace_id and r.id = jr.run_id
    join journey_version v on v.workspace_id = jr.workspace_id and v.id = jr.version_id
    where jr.workspace_id = ${workspaceId} and jr.contact_id = ${contactId} and jr.journey_id = ${journeyId}
    order by r.id desc limit ${MOST_RUNS}`.execute(kysely(tx));
  return rows;
}

/** What is on record of a step's mail and the run that was to send it, but the definition and the person's consents. */
export async function mailRecordsOf(
  tx: Tx,
  of: { workspaceId: string; run: RunOnRecord; step: string },
): Promise<Omit<MailRecords, 'definition' | 'closures'>> {
  const { workspaceId, run, step } = of;
  const { rows: runs } = await sql<Omit<MailRecords['run'], keyof RunOnRecord>>`
    select r.status, r.reason, r.current_step as "standsAt", ${isoOf('r.next_due_at')} as "dueAt" from run r
    where r.workspace_id = ${workspaceId} and r.id = ${run.runId}`.execute(kysely(tx));
  const { rows: lines } = await sql<LineOnRecord>`
    select distinct on (step) step, status, detail, ${isoOf('coalesce(ended_at, started_at)')} as at, ${isoOf('due_at')} as until
    from step where workspace_id = ${workspaceId} and run_id = ${run.runId} order by step, seq desc`.execute(
    kysely(tx),
  );
  const { rows: mails } = await sql<MailOnRecord>`
    select e.state, coalesce(e.resolution ->> 'reason', e.error ->> 'message') as reason, (e.resolution ->> 'happened')::boolean as happened,
      ${isoOf('coalesce(e.handed_off_at, e.settled_at, e.planned_at)')} as at,
      (select jsonb_build_object('kind', d.said ->> 'kind', 'at', d.said ->> 'at', 'words', concat_ws(' ', d.said ->> 'status', d.said ->> 'diagnostic'))
        from (select ${deliveryOf(sql`e`)} as said) d where d.said is not null) as delivery
    from effect e where e.workspace_id = ${workspaceId} and e.run_id = ${run.runId} and e.step = ${step} and e.kind = 'email'
      and not (e.request ? 'gate') order by e.id desc limit 1`.execute(kysely(tx));
  const standing = runs[0] ?? { status: 'ended', reason: null, standsAt: null, dueAt: null };
  return { run: { ...run, ...standing }, lines, mail: mails[0] ?? null };
}
