import { sql } from 'kysely';
import type { MailReport } from '../../mail-reports/mail-report.ts';
import type { MasterKeys } from '../../keys/master-keys.ts';
import { recordAudit } from '../access/audit.ts';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';
import { inWorkspace, type Tx } from '../core/workspace.ts';
import { optOut, touch } from './consents.ts';
import type { ContactRow } from './contacts.ts';
import { type ClosedReason, hashedEmail, suppress } from './suppression.ts';

/** A mail to a contact, by its effect, with the bytes that later claims send again; null where it has none. */
export type NewMail = {
  effectId: string;
  contactId: string;
  recipient: string;
  subject: string;
  bytes: Buffer | null;
};

/** What became of a report: it is news, was here before, or is of a mail that is not here (any more). */
export type ReportVerdict = 'taken' | 'known' | 'notOurs';

/** So many mails in a row to an address that takes none, and it is closed: a mailbox that is full for a while takes the next one again. */
const softBounces = 5;

/** A mail to one person again and again: a trigger that fires more often than its journey expects does not stop by itself. */
const manyMails = 5;

/** By its mail, the journey, and its step, that has now written a person `manyMails` mails of one subject within a day, each from the same step of another run. */
export type Repeats = { effectId: string; journey: string; step: string };

/**
 * Notes mails of one workspace when their bytes are made, and stores those. Bytes that are made anew after a rewind go to whom the person is now:
 * reports are about that address. @returns what repeats itself. What one run writes again is its loop
 */
export async function noteMails(tx: Tx, workspaceId: string, mails: readonly NewMail[]): Promise<Repeats[]> {
  if (mails.length === 0) return [];
  const of = <T>(value: (mail: NewMail) => T): T[] => mails.map(value);
  const { rows } = await sql<Repeats>`
    with new as materialized (
      select * from unnest(${of((mail) => mail.effectId)}::uuid[], ${of((mail) => mail.contactId)}::uuid[], ${of((mail) => mail.recipient)}::text[],
        ${of((mail) => mail.subject)}::text[], ${of((mail) => mail.bytes)}::bytea[])
        with ordinality as new (effect_id, contact_id, recipient, subject, bytes, at)
    ), noted as (
      insert into mail (workspace_id, effect_id, contact_id, recipient, subject)
      select ${workspaceId}::uuid, effect_id, contact_id, recipient, subject from new order by effect_id
      on conflict (workspace_id, effect_id) do update set contact_id = excluded.contact_id, recipient = excluded.recipient, subject = excluded.subject
    ), frozen as (
      update effect set frozen = new.bytes from new
      where effect.workspace_id = ${workspaceId} and effect.id = new.effect_id and new.bytes is not null
    )
    select new.effect_id as "effectId", j.name as journey, own.step from new
    join effect own on own.workspace_id = ${workspaceId} and own.id = new.effect_id
    join journey_run mine on mine.workspace_id = own.workspace_id and mine.run_id = own.run_id
    join journey j on j.workspace_id = mine.workspace_id and j.id = mine.journey_id
    where ${manyMails - 1} <= (
      select count(distinct e.run_id) from (
        select m.effect_id from mail m where m.workspace_id = own.workspace_id and m.contact_id = new.contact_id and m.subject = new.subject
        union all
        select other.effect_id from new other where other.contact_id = new.contact_id and other.subject = new.subject and other.at < new.at
      ) m
      join effect e on e.workspace_id = own.workspace_id and e.id = m.effect_id
      join journey_run jr on jr.workspace_id = e.workspace_id and jr.run_id = e.run_id
      where e.step = own.step and jr.journey_id = j.id and e.planned_at > now() - interval '1 day' and e.state not in ('suppressed', 'rejected')
        and e.run_id <> own.run_id)`.execute(kysely(tx));
  return rows;
}

/**
 * Takes in what is reported of a mail, once, and acts on it: an address that does not exist is closed, the one that the mail went to and no
 * other; a person who complained or unsubscribed gets no mails of lists any more, whatever address they have. `db` is the app role's. Where
 * `by` is given, a report of another workspace's mail is not ours.
 */
export async function takeReport(db: Db, keys: MasterKeys, report: MailReport, by?: string): Promise<ReportVerdict> {
  const { rows } = await sql<{ id: string | null }>`select workspace_of_mail(${report.effectId}::uuid) as id`.execute(
    kysely(db),
  );
  const workspaceId = rows[0]?.id ?? null;
  if (workspaceId === null || (by !== undefined && by !== workspaceId)) return 'notOurs';
  return inWorkspace(db, workspaceId, (tx) => take(tx, keys, workspaceId, report));
}

type Reported = { workspaceId: string; contact: ContactRow; recipient: string; report: MailReport };

async function take(tx: Tx, keys: MasterKeys, workspaceId: string, report: MailReport): Promise<ReportVerdict> {
  const { effectId } = report;
  const contact = await kysely(tx)
    .selectFrom('contact')
    .innerJoin('mail', (join) =>
      join.onRef('mail.workspace_id', '=', 'contact.workspace_id').onRef('mail.contact_id', '=', 'contact.id'),
    )
    .selectAll('contact')
    .select('mail.recipient')
    .where('mail.workspace_id', '=', workspaceId)
    .where('mail.effect_id', '=', effectId)
    .forNoKeyUpdate('contact')
    .executeTakeFirst();
  if (!contact) return 'notOurs';
  const before =
    await sql`select from mail_report where workspace_id = ${workspaceId} and effect_id = ${effectId} and kind = ${report.kind}`.execute(
      kysely(tx),
    );
  const { numInsertedOrUpdatedRows: inserted = 0n } = await kysely(tx)
    .insertInto('mail_report')
    .values({
      workspace_id: workspaceId,
      id: report.id,
      effect_id: effectId,
      contact_id: contact.id,
      kind: report.kind,
      status: report.status?.slice(0, 20) ?? null,
      diagnostic: report.diagnostic,
      token: report.token ?? null,
      at: report.at,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (inserted === 0n) return 'known';
  // The same news by another way changes nothing: an operator may have opened the address again meanwhile.
  if (before.rows.length === 0) await act(tx, keys, { workspaceId, contact, recipient: contact.recipient, report });
  await touch(tx, contact);
  return 'taken';
}

async function act(tx: Tx, keys: MasterKeys, reported: Reported): Promise<void> {
  const { contact, report } = reported;
  switch (report.kind) {
    case 'bounced':
      return closeAddress(tx, keys, reported, { reason: 'bounced', detail: report.status });
    case 'softBounced':
      if (await isFull(tx, reported))
        await closeAddress(tx, keys, reported, {
          reason: 'bounced',
          detail: `${softBounces} × ${report.status ?? '5.2.2'}`,
        });
      return;
    case 'complained':
    case 'unsubscribed':
      await optOut(tx, keys, contact, { reason: report.kind, note: null });
      return closeAddress(tx, keys, reported, { reason: report.kind, detail: null });
    case 'delivered':
    case 'delayed':
    case 'refused':
      return;
  }
}

async function closeAddress(
  tx: Tx,
  keys: MasterKeys,
  { workspaceId, contact, recipient, report }: Reported,
  { reason, detail }: { reason: ClosedReason; detail: string | null },
): Promise<void> {
  const isNew = await suppress(tx, {
    ...hashedEmail(keys, workspaceId, recipient),
    reason,
    ...(detail === null ? {} : { detail }),
  });
  if (!isNew && reason === 'bounced') return;
  await recordAudit(tx, {
    workspaceId,
    actor: { kind: 'system', id: null },
    act: `contact.${reason}`,
    subject: { kind: 'contact', id: contact.id },
    // The server's own words may hold the address, and the audit log forgets nothing.
    detail: { channel: 'email', effectId: report.effectId, status: report.status },
  });
}

/**
 * Whether the last mails to the address all came back for now, and so many again since it was closed for that. Of a mail of which nothing bad is
 * reported no server need say that it came: one before the last that came back has come through.
 */
async function isFull(tx: Tx, { workspaceId, recipient }: Reported): Promise<boolean> {
  const { rows } = await sql<{ n: number }>`
    with sent as (
      select e.planned_at as at, coalesce(bool_or(r.kind = 'delivered') or bool_and(r.kind in ('complained', 'unsubscribed')), true) as came,
        coalesce(bool_or(r.kind = 'softBounced'), false) as soft
      from mail m join effect e on e.workspace_id = m.workspace_id and e.id = m.effect_id and e.state = 'done'
      left join mail_report r on r.workspace_id = m.workspace_id and r.effect_id = m.effect_id
      where m.workspace_id = ${workspaceId} and lower(m.recipient) collate "C" = ${recipient.toLowerCase()}
      group by e.id, e.planned_at
    )
    select count(*)::int as n from sent where soft and not came
      and at > coalesce((select max(at) from sent where came and at < (select max(at) from sent where soft)), '-infinity')`.execute(
    kysely(tx),
  );
  const inARow = rows[0]?.n ?? 0;
  return inARow > 0 && inARow % softBounces === 0;
}
