import { type RawBuilder, sql } from 'kysely';
import { calledName } from '../contacts/contact-name.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';
import { wakeRuns } from '../runs/runs.ts';

/** A course run. */
type CourseRunId = { workspaceId: string; courseRunId: string };

/** The step of the mails of these messages in an enrollment's timeline. */
const step = 'course-message';

/** The live enrollments `e` of a course run with their runs, of all or of those that stand somewhere: what a message reaches. */
function reached({ workspaceId, courseRunId }: CourseRunId, audience: string): RawBuilder<unknown> {
  return sql`enrollment e join run r on r.workspace_id = e.workspace_id and r.id = e.run_id and r.ended_at is null
    where e.workspace_id = ${workspaceId} and e.course_run_id = ${courseRunId} and e.ended_at is null
      and ${audience === 'open' ? sql`true` : sql`e.lifecycle = ${audience}`}`;
}

/** So many recipients are named before a message is sent. */
const named = 5;

/** How many learners a message would go to, how many of them have no address, and the names of the first. */
export async function recipientsOf(
  tx: Tx,
  of: CourseRunId,
  audience: string,
): Promise<{ count: number; withoutAddress: number; first: string[] }> {
  const { rows } = await sql<{ count: number; withoutAddress: number; first: string[] | null }>`
    select count(*)::int as count, count(*) filter (where email is null)::int as "withoutAddress",
      (array_agg(name order by requested_at, id))[1:${sql.lit(named)}] as first
    from (select e.id, e.requested_at, c.email, coalesce(${calledName(sql`c.attributes`)}, c.external_id, '') as name
      from (select e.* from ${reached(of, audience)}) e
      left join contact c on c.workspace_id = e.workspace_id and c.id = e.contact_id) reached`.execute(kysely(tx));
  const [row] = rows;
  return { count: row?.count ?? 0, withoutAddress: row?.withoutAddress ?? 0, first: row?.first ?? [] };
}

/**
 * Sends a message to the runs of all whom it reaches now, in the caller's transaction; each sends its own mail by the ledger.
 * @returns how many they are; none leaves nothing
 */
export async function sendCourseMessage(
  tx: Tx,
  of: CourseRunId,
  { id, ...message }: { id: string; audience: string; subject: string; words: string; by: string },
): Promise<number> {
  const { workspaceId, courseRunId } = of;
  const { audience, subject, words, by } = message;
  const { rows } = await sql<{ run_id: string }>`
    insert into run_inbox (workspace_id, run_id, kind, ref, payload)
    select e.workspace_id, e.run_id, 'courseMessage', ${id}, ${JSON.stringify({ message: id, subject, words })}::jsonb from ${reached(of, audience)}
    returning run_id`.execute(kysely(tx));
  if (rows.length === 0) return 0;
  await kysely(tx)
    .insertInto('course_message')
    .values({
      workspace_id: workspaceId,
      id,
      course_run_id: courseRunId,
      audience,
      subject,
      words,
      recipients: rows.length,
      sent_by: by,
    })
    .execute();
  await wakeRuns(
    tx,
    workspaceId,
    rows.map((row) => row.run_id),
  );
  return rows.length;
}

/** A message with what became of its mails. Whose data was erased is in none of the counts. */
export type CourseMessageRow = {
  id: string;
  audience: string;
  subject: string;
  words: string;
  recipients: number;
  sent_by: string | null;
  sent_at: Date;
  sent: number;
  under_way: number;
  unknown: number;
  not_sent: number;
};

/** A page of messages, newest first, below `before`; `id` alone where it is given. Of a mail that was tried again the last try counts. */
export async function listCourseMessages(
  tx: Tx,
  { workspaceId, courseRunId }: CourseRunId,
  page: { id: string | null; before: string | null; limit: number },
): Promise<CourseMessageRow[]> {
  const { rows } = await sql<CourseMessageRow>`
    select m.id, m.audience, m.subject, m.words, m.recipients, m.sent_by, m.sent_at, counts.*
    from course_message m, lateral (
      select count(*) filter (where f.state = 'done' or (f.state = 'resolved' and ${happened}))::int as sent,
        count(*) filter (where f.state in ('planned', 'claimed', 'handedOff', 'deferred') or (f.id is null and r.ended_at is null))::int as under_way,
        count(*) filter (where f.state = 'unknown')::int as unknown,
        count(*) filter (where f.state in ('rejected', 'suppressed') or (f.state = 'resolved' and not ${happened})
          or (f.id is null and r.ended_at is not null and i.payload <> '{}'))::int as not_sent
      from enrollment e join run_inbox i on i.workspace_id = e.workspace_id and i.run_id = e.run_id
        and i.kind = 'courseMessage' and i.ref = m.id::text
      join run r on r.workspace_id = e.workspace_id and r.id = e.run_id
      left join lateral (
        select f.* from effect f where f.workspace_id = i.workspace_id and f.run_id = i.run_id and f.step = ${sql.lit(step)}
          and f.request -> 'variables' ->> 'message' = m.id::text
        order by f.id desc limit 1) f on true
      where e.workspace_id = m.workspace_id and e.course_run_id = m.course_run_id) counts
    where m.workspace_id = ${workspaceId} and m.course_run_id = ${courseRunId}
      and (${page.id}::uuid is null or m.id = ${page.id}::uuid) and (${page.before}::uuid is null or m.id < ${page.before}::uuid)
    order by m.id desc limit ${sql.lit(page.limit + 1)}`.execute(kysely(tx));
  return rows;
}

/** Whether a person who settled the mail said that it went out. */
const happened = sql`(f.resolution ->> 'happened')::boolean`;
