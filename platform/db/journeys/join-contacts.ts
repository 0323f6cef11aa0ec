import { type RawBuilder, sql } from 'kysely';
import type { JsonObject } from '../../../contracts/core/machine.ts';
import { type EndedByJoining, endedByJoining, type RunOfTwo } from '../../../domain/contacts/joined-runs.ts';
import type { MasterKeys } from '../../keys/master-keys.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';
import { reachGoalAfterEnd } from './goals.ts';
import { mayHaveHappened } from '../runs/effects.ts';
import { terminateRun, wakeRuns } from '../runs/runs.ts';
import { receiveStored } from '../runs/waits.ts';
import { keepOptOut, touch } from '../contacts/consents.ts';
import { changeContact, type ContactRow, contactById, findContact, lockContactsById } from '../contacts/contacts.ts';
import { isoOf } from '../contacts/events.ts';
import { formerAddresses } from '../contacts/former-addresses.ts';
import { type ClosedReason, hashedEmail, suppress } from '../contacts/suppression.ts';

/** Two locked contacts of one workspace that are one person: `other` goes, and `contact` has what it had. */
export type TwoContacts = { contact: ContactRow; other: ContactRow };

/** Why two contacts cannot be joined: enrollments of both in one course run, where a person has one seat. */
export type JoinObstacle = { runId: string; courseRun: string };

/** How much of the other contact comes to the one that stays. */
export type JoinCounts = { events: number; mails: number; runs: number; enrollments: number };

/** The course runs in which both have an enrollment that goes on, or a seat: one of the two is to be ended first, by its own rules. */
export async function obstaclesToJoining(tx: Tx, { contact, other }: TwoContacts): Promise<JoinObstacle[]> {
  const holds = (e: RawBuilder<unknown>): RawBuilder<unknown> => sql`(${e}.ended_at is null or exists (
    select from seat s where s.workspace_id = ${e}.workspace_id and s.enrollment_id = ${e}.id))`;
  const { rows } = await sql<JoinObstacle>`
    select theirs.run_id as "runId", c.slug as "courseRun" from enrollment theirs
    join enrollment own on own.workspace_id = theirs.workspace_id and own.course_run_id = theirs.course_run_id and own.contact_id = ${contact.id}
    join course_run c on c.workspace_id = theirs.workspace_id and c.id = theirs.course_run_id
    where theirs.workspace_id = ${contact.workspace_id} and theirs.contact_id = ${other.id} and ${holds(sql`own`)} and ${holds(sql`theirs`)}
    order by theirs.id limit 20`.execute(kysely(tx));
  return rows;
}

/** What the other contact has. */
export async function countJoined(tx: Tx, { other }: TwoContacts): Promise<JoinCounts> {
  const of = (table: string): RawBuilder<unknown> =>
    sql`(select count(*)::int from ${sql.table(table)} where workspace_id = ${other.workspace_id} and contact_id = ${other.id})`;
  const { rows } = await sql<JoinCounts>`select ${of('event')} as events, ${of('mail')} as mails, ${of('run')} as runs,
    ${of('enrollment')} as enrollments`.execute(kysely(tx));
  return rows[0] ?? { events: 0, mails: 0, runs: 0, enrollments: 0 };
}

/** A live run that ends as the person has another in its journey. */
export type EndingRun = EndedByJoining & { title: string };

/** The live runs of journeys that end as the person has another in the same journey. */
export async function runsEndedByJoining(tx: Tx, { contact, other }: TwoContacts): Promise<EndingRun[]> {
  const { rows } = await sql<RunOfTwo & { title: string }>`
    select r.title, ${isoOf('r.started_at')} as "begunAt", j.run_id as "runId", j.journey_id as "journeyId", j.contact_id as "contactId", j.entry ->> 'key' as key, r.ended_at is null as "isLive",
      r.status = 'failed' as "hasFailed", coalesce(v.definition ->> 'reentry', 'once') as reentry, (select count(*)::int from effect e
        where e.workspace_id = j.workspace_id and e.run_id = j.run_id and e.kind = 'email' and e.state = any(${[...mayHaveHappened]}::text[])) as mails
    from journey_run j
    join run r on r.workspace_id = j.workspace_id and r.id = j.run_id
    join journey_version v on v.workspace_id = j.workspace_id and v.id = j.version_id
    where j.workspace_id = ${contact.workspace_id} and j.contact_id in (${contact.id}, ${other.id}) and j.merged_into is null
    order by j.run_id`.execute(kysely(tx));
  const titles = new Map(rows.map(({ runId, title }) => [runId, title]));
  return endedByJoining(rows).map((ending) => ({ ...ending, title: titles.get(ending.runId) ?? '' }));
}

/** What the contact that stays will have: its own facts win, and what it lacks is the other's. */
export function joinedFacts({ contact, other }: TwoContacts): Pick<ContactRow, 'email' | 'zone' | 'attributes'> {
  return {
    email: contact.email ?? other.email,
    zone: contact.zone ?? other.zone,
    attributes: { ...other.attributes, ...contact.attributes },
  };
}

/** The runs of both are locked as an erasure does: what an action under way adds to one is there before its rows are moved, or comes after it. */
async function lockRuns(tx: Tx, { contact, other }: TwoContacts): Promise<void> {
  await sql`select from run where workspace_id = ${contact.workspace_id} and (contact_id = ${other.id}
    or (contact_id = ${contact.id} and ended_at is null)) order by id for update`.execute(kysely(tx));
}

/**
 * Joins two locked contacts: the runs that stand in each other's way end, all else of the other contact becomes the one's, its external id an alias, and
 * its row goes. Live runs receive what has happened under either id, and nothing begins. An opt-out of either holds.
 */
export async function joinContacts(tx: Tx, keys: MasterKeys, two: TwoContacts): Promise<void> {
  const { contact, other } = two;
  const { workspace_id: workspaceId } = contact;
  await lockRuns(tx, two);
  await endRuns(tx, workspaceId, await runsEndedByJoining(tx, two));
  await keepOptOut(tx, keys, other);
  await moveRows(tx, two);
  const facts = joinedFacts(two);
  const joined = await changeContact(tx, contact, { ...facts, attributes: facts.attributes as JsonObject });
  await noteAlias(tx, two, joined.email);
  await kysely(tx).deleteFrom('contact').where('workspace_id', '=', workspaceId).where('id', '=', other.id).execute();
  await closeAddresses(tx, keys, joined);
  await touch(tx, contact);
  const ended = await receiveStored(tx, workspaceId, contact.id);
  const live = await kysely(tx)
    .selectFrom('run')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('contact_id', '=', contact.id)
    .where('ended_at', 'is', null)
    .execute();
  await wakeRuns(
    tx,
    workspaceId,
    live.map(({ id }) => id),
  );
  for (const runId of ended) await reachGoalAfterEnd(tx, workspaceId, runId);
}

const endedByJoin = { code: 'contact.merged', message: 'the run ended as its contact was joined with another' };

/** A run's goal is that of the run for which it ends. */
async function endRuns(tx: Tx, workspaceId: string, ending: readonly EndedByJoining[]): Promise<void> {
  for (const { runId, by } of ending) {
    await terminateRun(tx, { workspaceId, runId, reason: 'merged', status: 'exited' });
    await sql`delete from wait where workspace_id = ${workspaceId} and run_id = ${runId}`.execute(kysely(tx));
    // The fence lets nothing of it leave any more, so the run that stays has to send it.
    await sql`update effect set state = 'suppressed', error = ${JSON.stringify(endedByJoin)}::jsonb, settled_at = now(), rev = rev + 1
      where workspace_id = ${workspaceId} and run_id = ${runId} and kind = 'email' and state in ('planned', 'deferred', 'claimed')`.execute(
      kysely(tx),
    );
    await sql`update journey_run set merged_into = ${by} where workspace_id = ${workspaceId} and ${runId} in (run_id, merged_into)`.execute(
      kysely(tx),
    );
  }
}

const moved = ['event', 'wait', 'mail', 'mail_report', 'consent_change', 'journey_run', 'run', 'contact_alias'];

async function moveRows(tx: Tx, { contact, other }: TwoContacts): Promise<void> {
  const theirs = sql`workspace_id = ${contact.workspace_id} and contact_id = ${other.id}`;
  const isOwn = (table: string, column: string): RawBuilder<unknown> =>
    sql`exists (select from ${sql.table(table)} own where own.workspace_id = ${sql.ref(`${table}.workspace_id`)} and own.contact_id = ${contact.id}
      and own.${sql.ref(column)} = ${sql.ref(`${table}.${column}`)})`;
  // What the one has already goes with the other.
  for (const [table, column] of [
    ['opt_out', 'channel'],
    ['bulk_person', 'bulk_id'],
  ] as const)
    await sql`update ${sql.table(table)} set contact_id = ${contact.id} where ${theirs} and not ${isOwn(table, column)}`.execute(
      kysely(tx),
    );
  // Attempts are numbered, those of the other after the one's.
  await sql`update enrollment set contact_id = ${contact.id}, attempt = attempt + coalesce((select max(own.attempt) from enrollment own
      where own.workspace_id = enrollment.workspace_id and own.contact_id = ${contact.id} and own.course_run_id = enrollment.course_run_id), 0)
    where ${theirs}`.execute(kysely(tx));
  for (const table of moved)
    await sql`update ${sql.table(table)} set contact_id = ${contact.id} where ${theirs}`.execute(kysely(tx));
}

async function noteAlias(tx: Tx, { contact, other }: TwoContacts, email: string | null): Promise<void> {
  const former = other.email?.toLowerCase() === email?.toLowerCase() ? null : other.email;
  await sql`
    insert into contact_alias (workspace_id, external_id, contact_id, former_id, email)
    values (${contact.workspace_id}, ${other.external_id}, ${contact.id}, ${other.id}, ${former})
    on conflict (workspace_id, external_id) do update set contact_id = excluded.contact_id, former_id = excluded.former_id, email = excluded.email,
      at = excluded.at`.execute(kysely(tx));
}

/** Where the person has opted out under either id, all their addresses are closed, as by an opt-out of now. */
async function closeAddresses(tx: Tx, keys: MasterKeys, contact: ContactRow): Promise<void> {
  const said = await kysely(tx)
    .selectFrom('opt_out')
    .select('reason')
    .where('workspace_id', '=', contact.workspace_id)
    .where('contact_id', '=', contact.id)
    .executeTakeFirst();
  if (!said) return;
  const addresses = [...(contact.email === null ? [] : [contact.email]), ...(await formerAddresses(tx, contact))];
  for (const address of addresses)
    await suppress(tx, {
      ...hashedEmail(keys, contact.workspace_id, address),
      reason: said.reason as ClosedReason,
    });
}

/**
 * Finds and locks the contacts with two external ids, in the order in which every path locks them; an alias means the contact that it leads to. What is
 * undefined is not there; both are the same where they are one contact already.
 */
export async function lockTwo(
  tx: Tx,
  workspaceId: string,
  externalIds: { contact: string; other: string },
): Promise<Partial<TwoContacts>> {
  for (;;) {
    const contact = await findContact(tx, workspaceId, externalIds.contact);
    const other = await findContact(tx, workspaceId, externalIds.other);
    if (!contact || !other) return { ...(contact && { contact }), ...(other && { other }) };
    const ids = [...new Set([contact.id, other.id])];
    const locked = await lockContactsById(tx, workspaceId, ids);
    // One that is joined or erased at the same instant is looked for again; what is locked is read anew.
    if (locked.length < ids.length) continue;
    const rows = await Promise.all([contactById(tx, workspaceId, contact.id), contactById(tx, workspaceId, other.id)]);
    if (rows[0] && rows[1]) return { contact: rows[0], other: rows[1] };
  }
}
