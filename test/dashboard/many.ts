import { sql } from 'kysely';
import { BatchOptions } from '../../contracts/documents/batch.schema.ts';
import { letter } from '../support/batches.ts';
import { shortRun } from '../support/courses.ts';
import type { TestDatabase } from '../support/database.ts';
import { kysely } from '../../platform/db/core/kysely.ts';

/** How many of each thing there are. */
export type Numbers = Record<
  'contacts' | 'runs' | 'gates' | 'journeys' | 'courses' | 'learners' | 'documents' | 'flagged' | 'events' | 'steps',
  number
>;

/** What the fullest pages are about. */
export type Full = { runId: string; batchId: string; contact: string };

/**
 * Fills a workspace without an engine: contacts `c-00001` and on, a journey run of each in turn (the last with all the steps), open
 * gates, journeys, one full course run (`/courses/full/run`), one batch in review, one contact to whom much happened.
 */
export async function fillWorkspace({ system, workspaceId }: TestDatabase, numbers: Numbers): Promise<Full> {
  const ws = sql`${workspaceId}::uuid`;
  const numbered = (count: number) => sql`generate_series(1, ${sql.lit(count)}) n order by n`;
  const run = (sql_: ReturnType<typeof sql>) => sql_.execute(kysely(system));
  await run(
    sql`insert into contact (workspace_id, external_id, attributes) values (${ws}, 'full', '{"name": "Full story"}')`,
  );
  await run(sql`insert into contact (workspace_id, external_id, email, attributes)
    select ${ws}, 'c-' || lpad(n::text, 5, '0'), 'c-' || n || '@example.test', jsonb_build_object('name', 'Person ' || n)
    from ${numbered(numbers.contacts)}`);
  await run(sql`insert into journey (workspace_id, slug, name) select ${ws}, 'j-' || lpad(n::text, 5, '0'), 'Journey ' || n
    from ${numbered(numbers.journeys)}`);
  const insertRuns = (kind: string, count: number) =>
    run(sql`insert into run (workspace_id, kind, title, workflow_id, entry_key, subject_id, contact_id, turn, status, waiting_for,
        current_step, next_due_at, ended_at)
      select ${ws}, ${kind}, ${kind} || ' ' || n, ${kind} || '/' || n, n, uuidv7(), c.id, 1,
        case when ended then 'completed' else 'waiting' end, case when not ended then 'time' end,
        case when not ended then 'step-1' end, case when not ended then now() + interval '30 days' + n * interval '1 minute' end,
        case when ended then now() end
      from (select n, n % 3 = 0 as ended from ${numbered(count)}) numbers
      left join contact c on c.workspace_id = ${ws} and c.external_id = 'c-' || lpad((1 + (n - 1) % ${sql.lit(numbers.contacts)})::text, 5, '0')
      order by n`);
  await insertRuns('journey', numbers.runs);
  await run(sql`insert into step (workspace_id, run_id, step, visit, generation, kind, title, status, started_at, ended_at)
    select ${ws}, r.id, 'step-' || n, 1, 0, 'email', 'Step ' || n, 'done', now() - interval '1 day' + n * interval '1 minute',
      now() - interval '1 day' + (n + 1) * interval '1 minute'
    from run r, generate_series(1, case when r.entry_key = ${String(numbers.runs)} then ${sql.lit(numbers.steps)} else 1 end) n
    where r.workspace_id = ${ws} order by r.id, n`);
  // Every other gate has a deadline; the later it was opened, the sooner it is due.
  await run(sql`insert into gate (workspace_id, run_id, step, visit, generation, round, title, outcomes, assignee_kind, assignee_id, content,
      content_hash, due_at, mail_at, opened_at)
    select ${ws}, r.id, 'check', 1, 0, 1, 'Gate ' || r.entry_key, ${JSON.stringify([{ name: 'approve', label: 'Send it' }])}::jsonb, 'role',
      'approver', ${JSON.stringify({ subject: 'Hello there', body: 'A letter. '.repeat(100) })}::jsonb, md5(r.entry_key),
      case when r.entry_key::int % 2 = 0 then now() + interval '60 days' - r.entry_key::int * interval '1 minute' end, null, now()
    from run r where r.workspace_id = ${ws} and r.entry_key::int <= ${sql.lit(numbers.gates)} order by r.id`);
  await run(sql`insert into event (workspace_id, id, name, contact_id, occurred_at, received_at)
    select ${ws}, 'event-' || n, 'happened.' || n, c.id, at, at
    from (select n, now() - n * interval '1 hour' as at from ${numbered(numbers.events)}) numbers
    join contact c on c.workspace_id = ${ws} and c.external_id = 'full'`);
  await fillCourse();
  const batchId = await fillBatch();
  const { rows } = await sql<{ id: string }>`select id from run where workspace_id = ${ws} and kind = 'journey'
    and entry_key = ${String(numbers.runs)}`.execute(kysely(system));
  await run(sql`analyze contact, run, step, gate, document, enrollment`).catch(() => undefined);
  return { runId: rows[0]?.id ?? '', batchId, contact: 'full' };

  async function fillCourse(): Promise<void> {
    await insertRuns('enrollment', numbers.learners);
    await run(sql`insert into course (workspace_id, slug, title, prerequisites, completion)
      select ${ws}, 'c-' || n, 'Course ' || n, '{}', '{"moveOn": "completed"}' from ${numbered(numbers.courses)}`);
    await run(sql`insert into course_run (workspace_id, course_id, slug, title, capacity, waitlist_capacity, details)
      select ${ws}, id, 'run', 'A run', 1, 0, ${JSON.stringify(shortRun)}::jsonb from course where workspace_id = ${ws}`);
    const details = JSON.stringify({ ...shortRun, capacity: numbers.learners });
    await run(sql`with made as (insert into course (workspace_id, slug, title, prerequisites, completion)
        values (${ws}, 'full', 'Full course', '{}', '{"moveOn": "completed"}') returning id)
      insert into course_run (workspace_id, course_id, slug, title, capacity, waitlist_capacity, confirmed, details)
      select ${ws}, id, 'run', 'Full run', ${numbers.learners}, 10, ${numbers.learners}, ${details}::jsonb from made`);
    await run(sql`insert into enrollment (workspace_id, course_run_id, contact_id, attempt, run_id, terms, lifecycle, access)
      select ${ws}, (select r.id from course_run r join course c on c.id = r.course_id where c.workspace_id = ${ws} and c.slug = 'full'), r.contact_id, r.entry_key::int, r.id,
        '{"priceMinor": 12000, "currency": "EUR"}', 'active', 'granted'
      from run r where r.workspace_id = ${ws} and r.kind = 'enrollment' order by r.id`);
  }

  async function fillBatch(): Promise<string> {
    await insertRuns('batch', 1);
    const options = BatchOptions.parse({
      name: 'Full batch',
      brief: 'Tell customers that their policy is renewed.',
      template: letter,
      brand: { name: 'Acme' },
      columns: { key: 'policy' },
      model: 'stub-small',
      budgetMicros: 50_000_000,
    });
    const made = await sql<{
      id: string;
    }>`insert into batch (workspace_id, run_id, name, options, template, template_hash, rows_key, stage, rows,
        budget_micros)
      select ${ws}, r.id, 'Full batch', ${JSON.stringify(options)}::jsonb, ${JSON.stringify(letter)}::jsonb, 'hash', 'rows.csv', 'review',
        ${numbers.documents}, 50000000 from run r where r.workspace_id = ${ws} and r.kind = 'batch' returning id`.execute(
      kysely(system),
    );
    const id = made.rows[0]?.id ?? '';
    const findings = [{ check: 'words', code: 'slot.length', severity: 'error', message: 'Too long', evidence: null }];
    await run(sql`insert into document (workspace_id, batch_id, ordinal, line, key, "values", generated, is_flagged, answers, findings,
        content_hash, generated_at)
      select ${ws}, ${id}::uuid, n, n + 1, 'D-' || lpad(n::text, 6, '0'), '{"policy": "P-1"}', 'done', n <= ${sql.lit(numbers.flagged)},
        '{"intro": "Thank you for your trust."}',
        case when n <= ${sql.lit(numbers.flagged)} then ${JSON.stringify(findings)}::jsonb else '[]' end, 'hash', now()
      from ${numbered(numbers.documents)}`);
    return id;
  }
}
