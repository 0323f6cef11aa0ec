import { sql } from 'kysely';
import type { JsonObject } from '../../../contracts/core/machine.ts';
import { entryFault, isEntry, latenessOf, type EntryFault, type RunEnd } from '../../../domain/journeys/entry.ts';
import { contactById, contactFacts, lockContacts, type ContactRow } from '../contacts/contacts.ts';
import {
  eventsOfOtherId,
  isoOf,
  type NewEvent,
  storedEvents,
  type StoredEvent,
  withReceivedAt,
} from '../contacts/events.ts';
import { entriesFor, liveEntries, type LiveJourney } from './journeys.ts';
import { reachGoalAfterEnd } from './goals.ts';
import { eventsAfterRun } from './journey-runs.ts';
import { startJourneyRuns, type JourneyStart } from './journey-starts.ts';
import { wakeRuns } from '../runs/runs.ts';
import { endedRunsMeant, hearing } from '../runs/waits.ts';
import { kysely } from '../core/kysely.ts';
import { jsonRows, type JsonRow } from '../core/readings.ts';
import type { Tx } from '../core/workspace.ts';

/** An event as it comes in; `contact` is an external id. */
export type IncomingEvent = {
  id: string;
  name: string;
  contact: string;
  key: string | null;
  occurredAt: string;
  properties: JsonObject;
};

/** An event that was stored and let nobody into a journey that is entered by it. */
export type UnletEvent = { id: string; journey: string; fault: EntryFault; lateness: string };

/** What became of events: those of `idTaken` were not stored, as another event has their id. */
export type TakenIn = { accepted: IncomingEvent[]; unlet: UnletEvent[]; idTaken: IncomingEvent[] };

/**
 * Takes in events in the caller's transaction, those of one call in the order in which they occurred: locks their contacts (creates unknown
 * ones), stores what is new, wakes the runs that listen, and starts the journeys that the events enter; history is stored alone. Repeatable: an id counts once in a workspace.
 */
export async function takeInEvents(
  tx: Tx,
  workspaceId: string,
  events: readonly IncomingEvent[],
  { isHistory = false } = {},
): Promise<TakenIn> {
  if (events.length === 0) return { accepted: [], unlet: [], idTaken: [] };
  const contacts = await lockContacts(
    tx,
    workspaceId,
    events.map((event) => event.contact),
  );
  const inOrder = events.toSorted((a, b) => Date.parse(a.occurredAt) - Date.parse(b.occurredAt));
  const all = inOrder.map((incoming) => {
    const { contact, ...event } = incoming;
    return { incoming, ...event, contactId: contacts.get(contact)?.id ?? '' };
  });
  const { stored, woken, ended, live } = await store(tx, workspaceId, all, isHistory);
  await wakeRuns(tx, workspaceId, woken);
  for (const runId of ended) await reachGoalAfterEnd(tx, workspaceId, runId);
  const unlet = await enter(tx, workspaceId, live, { events: stored, contacts: [...contacts.values()] });
  const others = stored.length === all.length ? [] : await eventsOfOtherId(tx, workspaceId, all);
  const accepted = stored.map(({ incoming }) => incoming);
  return { accepted, unlet, idTaken: others.map(({ incoming }) => incoming) };
}

/** Stores events of locked contacts, puts them in the mailboxes of the runs that listen, and finds what else they may mean. */
async function store<E extends NewEvent>(
  tx: Tx,
  workspaceId: string,
  events: readonly E[],
  isHistory: boolean,
): Promise<{ stored: (E & StoredEvent)[]; woken: string[]; ended: string[]; live: LiveJourney[] }> {
  const names = isHistory ? [] : [...new Set(events.map((event) => event.name))];
  const entries = entriesFor(workspaceId, names);
  const stored = isHistory ? sql`(select * from stored where false)` : sql`stored`;
  const { rows } = await sql<Record<'stored' | 'enqueued' | 'ended' | 'live', JsonRow[]>>`
    with ${storedEvents(workspaceId, events, { isHistory })}, enqueued as (${hearing(stored)}), live as materialized (${entries.query})
    select ${jsonRows(sql`select id, ${isoOf('received_at')} as "receivedAt" from stored`)} as stored,
      ${jsonRows(sql`select distinct run_id from enqueued`)} as enqueued, ${jsonRows(endedRunsMeant(stored))} as ended,
      ${jsonRows(sql`select * from live`)} as live`.execute(kysely(tx));
  const [row] = rows;
  const runsOf = (found: readonly JsonRow[] = []): string[] => found.map(({ run_id: id }) => String(id));
  return {
    stored: withReceivedAt(events, (row?.stored ?? []) as { id: string; receivedAt: string }[]),
    woken: runsOf(row?.enqueued),
    ended: runsOf(row?.ended),
    live: entries.from(row?.live ?? []) ?? (await liveEntries(tx, workspaceId, names)),
  };
}

/**
 * Offers a journey again what its run, which has just ended, stood in the way of: its contact's events that happened after the end of the run,
 * though its last turn was made later still. The contact's row must be locked.
 */
export async function enterAfterRun(tx: Tx, workspaceId: string, runId: string, after: RunEnd): Promise<void> {
  const refused = await eventsAfterRun(tx, workspaceId, runId, after);
  const contact = refused[0] && (await contactById(tx, workspaceId, refused[0].contactId));
  if (contact) await enterJourneys(tx, workspaceId, refused, [contact], { journeyId: refused[0]?.journeyId });
}

/**
 * Lets the locked contacts of events into the live journeys that those enter: into `journeyId` alone where given, and as if they had entered at
 * `enteredAt` instead of when the event was received. @returns what let nobody in, and why
 */
export async function enterJourneys(
  tx: Tx,
  workspaceId: string,
  events: readonly StoredEvent[],
  contacts: readonly ContactRow[],
  { journeyId, enteredAt }: { journeyId?: string | undefined; enteredAt?: string } = {},
): Promise<UnletEvent[]> {
  const live = await liveEntries(tx, workspaceId, [...new Set(events.map((event) => event.name))]);
  const journeys = live.filter(({ id }) => journeyId === undefined || id === journeyId);
  return enter(tx, workspaceId, journeys, { events, contacts, enteredAt });
}

type Entering = { events: readonly StoredEvent[]; contacts: readonly ContactRow[]; enteredAt?: string | undefined };

async function enter(
  tx: Tx,
  workspaceId: string,
  journeys: readonly LiveJourney[],
  { events, contacts, enteredAt }: Entering,
): Promise<UnletEvent[]> {
  if (journeys.length === 0 || events.length === 0) return [];
  const facts = new Map(contacts.map((contact) => [contact.id, contactFacts(contact)]));
  const entries = events.flatMap((event) =>
    journeys
      .filter((journey) => isEntry(journey.definition, event, facts.get(event.contactId) ?? {}))
      .map((journey) => ({ journey, event, fault: entryFault(journey.definition, event) })),
  );
  const starts = entries.flatMap(({ journey, event, fault }) => (fault ? [] : [startOf(journey, event, enteredAt)]));
  await startJourneyRuns(tx, workspaceId, starts);
  return entries.flatMap(({ journey: { name, definition }, event, fault }) =>
    fault ? [{ id: event.id, journey: name, fault, lateness: latenessOf(definition) }] : [],
  );
}

function startOf(journey: LiveJourney, event: StoredEvent, enteredAt = event.receivedAt): JourneyStart {
  const { id: eventId, name, key, properties, occurredAt, contactId } = event;
  return {
    journeyId: journey.id,
    versionId: journey.versionId,
    title: journey.name,
    reentry: journey.definition.reentry,
    contactId,
    requestedBy: journey.publisher,
    execution: journey.execution,
    entry: { eventId, event: name, key, properties, occurredAt, receivedAt: enteredAt },
  };
}
