import type pg from 'pg';
import { letter } from '../../support/batches.ts';
import { shortRun } from '../../support/courses.ts';

/** How the workspace is filled that the lists are measured in. */
export type Size = { workspaceId: string; runs: number };

/** Journeys of a workspace; the first has two fifths of all people. */
export const journeys = 20;
const versions = 3;
const courseRuns = 20;
/** Documents of a batch. */
const batchSize = 10_000;

/** Where each of the parts begins to count: a tenth as many documents as runs, a twentieth as many learners. */
const learnersOf = ({ runs }: Size): number => Math.ceil(runs / 20);
const batchesOf = ({ runs }: Size): number => Math.max(20, Math.ceil(runs / 10 / batchSize));

/**
 * Fills a workspace by statements over sets: as many people as runs of journeys, ten steps to each of these, over ninety days, three tenths of them
 * alive; learners, documents, approvals, mails, incidents and events beside them. `admin` is a superuser, for whom no trigger
 * and no foreign key looks at the rows.
 */
export async function fill(admin: pg.Client, size: Size, tell: (what: string) => void): Promise<void> {
  await admin.query(
    `set session_replication_role = replica; set maintenance_work_mem = '512MB'; set work_mem = '64MB'`,
  );
  const indexes = await takeIndexes(admin);
  for (const [what, text] of Object.entries({ ...statementsFor(size), ...indexes, ...afterwards })) {
    const begun = performance.now();
    const { rowCount } = await admin.query(text);
    tell(`${what}: ${rowCount ?? ''} in ${((performance.now() - begun) / 1_000).toFixed(1)} s`);
  }
  await admin.query('set session_replication_role = origin');
}

/** Takes away the indexes that no constraint has: one that is built at once takes a fraction of the time. @returns what makes them again */
async function takeIndexes(admin: pg.Client): Promise<Record<string, string>> {
  const { rows } = await admin.query<{ name: string; made: string }>(`
    select c.relname as name, pg_get_indexdef(i.indexrelid) as made from pg_index i join pg_class c on c.oid = i.indexrelid
    where c.relnamespace = 'public'::regnamespace and not i.indisunique and not exists (select from pg_constraint where conindid = i.indexrelid)`);
  await admin.query(`drop index ${rows.map(({ name }) => name).join(', ')}`);
  return Object.fromEntries(rows.map(({ name, made }) => [name, made]));
}

/** What triggers would have noted, and what Postgres knows of a table that has been there for a while. */
const afterwards = {
  'first statistics': 'analyze',
  'what is counted': 'select recount_runs(), recount_steps()',
  statistics: 'vacuum (analyze)',
};

const quoted = (value: unknown): string => `'${JSON.stringify(value).replaceAll("'", "''")}'::jsonb`;

function statementsFor(size: Size): Record<string, string> {
  const { runs } = size;
  const ws = `'${size.workspaceId}'::uuid`;
  const [learners, batches] = [learnersOf(size), batchesOf(size)];
  const age = (n: string, of = runs): string => `(${of} - ${n}) * (interval '90 days' / ${of})`;
  return {
    people: `insert into contact (workspace_id, id, external_id, email, attributes)
      select ${ws}, uuidv7(-${age('n')}), 'contact-' || n, 'person' || n || '@' || (array['example','acme','corp'])[1 + n % 3] || '.test',
        jsonb_build_object('name', first || ' ' || last, 'firstName', first, 'lastName', last, 'plan', (array['free','pro','team'])[1 + n % 3], 'city', 'Oslo')
      from (select n, (array['Ana','Ben','Clara','Dario','Elif','Femi','Greta','Hugo','Ines','Jonas','Kaja','Liv'])[1 + n % 12] as first,
        (array['Berg','Costa','Dahl','Eriksen','Fuchs','Garcia','Hansen','Ito','Jensen','Kowalski','Lind'])[1 + n % 11] || 'a' || to_hex(n % 5000) as last
        from generate_series(1, ${runs}) n) named`,
    journeys: `insert into journey (workspace_id, slug, name, status, live_version, draft)
      select ${ws}, 'journey-' || n, 'Journey ' || n, 'live', ${versions}, '{"goal": {"when": {"event": "bought"}}}' from generate_series(1, ${journeys}) n`,
    versions: `insert into journey_version (workspace_id, journey_id, version, sha256, definition, entry_events)
      select ${ws}, id, v, md5(slug || v), '{"name": "Journey", "start": "s1", "nodes": {}}', array['signedUp']
      from journey, generate_series(1, ${versions}) v where workspace_id = ${ws}`,
    numbers: `create temp table filled as
      select n, uuidv7(-${age('n')}) as id, c.id as contact_id, j.id as journey_id, v.id as version_id, now() - ${age('n')} as at, n % 10 < 3 as is_live,
        (n / 10) % 20 as way, (n / 10) % 50 as ending, 3 + n % 8 as steps, n % 40 = 9 as reached
      from generate_series(1, ${runs}) n
      join contact c on c.workspace_id = ${ws} and c.external_id = 'contact-' || n
      join journey j on j.workspace_id = ${ws} and j.slug = 'journey-' || case when n % 5 < 2 then 1 else 2 + n % (${journeys} - 1) end
      join journey_version v on v.workspace_id = ${ws} and v.journey_id = j.id and v.version = 1 + n % ${versions}`,
    'numbers in their order': 'create index on filled (n)',
    runs: `insert into run (workspace_id, id, kind, title, workflow_id, workflow_type, temporal_run_id, entry_key, subject_id, contact_id, turn, status,
        waiting_for, current_step, next_due_at, open, outcome, rev, started_at, updated_at, ended_at, version_id, has_goal)
      select ${ws}, id, 'journey', 'Journey', 'journey-run/' || id, 'journeyWorkflow', id, 'e' || n, journey_id, contact_id, 5,
        case when is_live then case way when 19 then (array['starting','running','paused'])[1 + n % 3] else 'waiting' end
          when ending = 0 then 'failed' when ending = 1 then 'cancelled' when ending = 2 then 'terminated' when ending < 10 then 'exited' else 'completed' end,
        case when is_live then case when way < 13 then 'time' when way < 17 then 'event' when way = 17 then 'person' end end,
        case when is_live then 's' || steps end, case when is_live and way < 15 then now() + n % 100000 * interval '30 seconds' end,
        case when is_live and way = 18 then jsonb_build_array(jsonb_build_object('id', 's2/1', 'step', 's2', 'visit', 1)) else '[]' end,
        case when not is_live then 'done' end, 6, at, at + (now() - at) / 2, case when not is_live then at + least(now() - at, n % 7 * interval '1 day') end, version_id, reached
      from filled order by n`,
    'runs of journeys': `insert into journey_run (workspace_id, run_id, journey_id, version_id, contact_id, entry)
      select ${ws}, id, journey_id, version_id, contact_id, jsonb_build_object('eventId', 'signed-' || n, 'key', null) from filled order by n`,
    positions: `insert into run_position (workspace_id, run_id, step, subject_id, is_beside) select ${ws}, id, 's' || steps, journey_id, false from filled where is_live order by n`,
    turns: `insert into run_turn (workspace_id, run_id, turn, generation, state, at)
      select ${ws}, id, 5, 0, jsonb_build_object('at', 's' || steps, 'variables', jsonb_build_object('plan', 'pro', 'score', n)), at from filled order by n`,
    steps: `insert into step (workspace_id, run_id, step, visit, generation, kind, title, status, started_at, ended_at, due_at)
      select ${ws}, id, 's' || k, 1, 0, 'delay', 'Step ' || k, case when k = last and is_live then 'waiting' when k = last and ending = 0 then 'failed' else 'done' end,
        at + (k - 1) * spell, case when k = last and is_live then null else at + k * spell end, null
      from (select *, case when is_live then steps else 11 end as last, (now() - at) / 12 * (1 + n % 5) / 5 as spell from filled) f, generate_series(1, last) k order by n, k`,
    goals: `insert into step (workspace_id, run_id, step, visit, generation, kind, title, status, started_at, ended_at)
      select ${ws}, id, '$goal', 1, 0, 'goal', 'Goal', 'done', at, at from filled where reached order by n`,
    mails: `insert into effect (workspace_id, id, key, run_id, step, visit, generation, kind, mode, state, attempt, request, result, error, planned_at, handed_off_at, settled_at,
        template, subject_id)
      select ${ws}, uuidv7(-${age('n')}), id || '/s2/1', id, 's2', 1, 0, 'email', 'atMostOnce',
        case when n % 1000 = 0 then 'unknown' when is_live and way = 18 and n % 7 = 0 then 'deferred' when n % 50 = 0 then 'suppressed' else 'done' end,
        case when is_live and way = 18 and n % 7 = 0 then 4 else 1 end, jsonb_build_object('content', jsonb_build_object('template', 't' || n % 50 || '@' || 1 + n % 3)), '{}',
        case when is_live and way = 18 and n % 7 = 0 then '{"code": "smtp.busy", "message": "421 try again"}'::jsonb end, at, at, at,
        't' || n % 50 || '@' || 1 + n % 3, journey_id from filled order by n`,
    'sent mails': `insert into mail (workspace_id, effect_id, contact_id, recipient, subject)
      select ${ws}, e.id, f.contact_id, 'person' || f.n || '@example.test', 'Welcome' from filled f join effect e on e.workspace_id = ${ws} and e.run_id = f.id`,
    calls: `insert into effect (workspace_id, id, key, run_id, step, visit, generation, kind, mode, state, attempt, request, result, cost_micros, planned_at, settled_at)
      select ${ws}, uuidv7(-${age('n')}), id || '/s3/1', id, 's3', 1, 0, 'llm', 'repeatable', 'done', 1, '{}', '{}', 120, at, at from filled where n % 10 = 5 order by n`,
    approvals: `insert into gate (workspace_id, id, run_id, step, visit, generation, round, title, outcomes, assignee_kind, assignee_id, content, content_hash,
        due_at, on_timeout, status, outcome, decided_at, opened_at, mail_at)
      select ${ws}, uuidv7(-${age('n')}), id, 's' || steps, 1, 0, 1, 'Check ' || n, '[{"name": "approve", "label": "Send it"}]', 'role',
        (array['approver','admin','operator'])[1 + n % 3], jsonb_build_object('subject', 'Hello', 'body', repeat('A letter. ', 30)), md5(n::text),
        case when n % 2 = 0 then now() + n % 10000 * interval '1 minute' end, case when n % 4 = 0 then 'approve' end,
        case when is_live then 'open' else 'decided' end, case when not is_live then 'approve' end, case when not is_live then least(now(), at + interval '1 hour') end, at, at
      from filled where way = 17 order by n`,
    incidents: `insert into incident (workspace_id, id, run_id, kind, message, state, opened_at, resolved_at)
      select ${ws}, uuidv7(-${age('n')}), id, 'engine.fault', 'It could not go on', case when is_live then 'open' else 'resolved' end, at, case when not is_live then now() end
      from filled where n % 503 = 0 order by n`,
    events: `insert into event (workspace_id, id, name, contact_id, occurred_at, received_at, properties)
      select ${ws}, 'signed-' || n, (array['signedUp','opened','clicked'])[1 + n % 3], contact_id, at, at, jsonb_build_object('path', '/courses/' || n, 'seconds', n % 60) from filled order by n`,
    waits: `insert into wait (workspace_id, run_id, contact_id, event_name, step, visit, purpose, wait_from, due_at)
      select ${ws}, id, contact_id, 'bought', 's' || steps, 1, 'wait', at, null from filled where is_live and way between 13 and 16 order by n`,
    audit: `insert into audit_entry (workspace_id, id, at, actor_kind, actor_id, act, subject_kind, subject_id, detail)
      select ${ws}, uuidv7(-${age('n')}), at, 'system', null, (array['run.paused','run.resumed','gate.decided'])[1 + n % 3], 'run', id, '{}' from filled where n % 10 = 0 order by n`,
    courses: `with made as (insert into course (workspace_id, slug, title, prerequisites, completion)
        select ${ws}, 'course-' || n, 'Course ' || n, '{}', '{"moveOn": "completed"}' from generate_series(1, ${courseRuns}) n returning id)
      insert into course_run (workspace_id, course_id, slug, title, capacity, waitlist_capacity, details)
      select ${ws}, id, 'autumn', 'Autumn', 1000000, 1000000, ${quoted(shortRun)} from made`,
    'runs of learners': `insert into run (workspace_id, id, kind, title, workflow_id, workflow_type, entry_key, subject_id, contact_id, turn, status, waiting_for, current_step,
        next_due_at, outcome, started_at, ended_at)
      select ${ws}, uuidv7(-${age('n')} / 10), 'enrollment', 'Course, Autumn', 'enrollment-run/' || id, 'enrollmentWorkflow', 'l' || n, uuidv7(), contact_id, 3,
        case when n % 3 = 0 then 'waiting' else 'completed' end, case when n % 3 = 0 then 'time' end, case when n % 3 = 0 then 'pay' end,
        case when n % 3 = 0 then now() + n % 5000 * interval '1 minute' end, case when n % 3 <> 0 then 'completed' end, now() - ${age('n')} / 10,
        case when n % 3 <> 0 then now() - ${age('n')} / 20 end
      from filled where n <= ${learners} order by n`,
    learners: `insert into enrollment (workspace_id, id, course_run_id, contact_id, attempt, run_id, terms, lifecycle, payment, access, requested_at, ended_at)
      select ${ws}, r.subject_id, c.id, r.contact_id, 1, r.id, '{"priceMinor": 12000, "currency": "EUR"}', case when r.ended_at is null then 'offered' else 'completed' end,
        case when r.ended_at is null then 'none' else 'paid' end, case when r.ended_at is null then 'none' else 'granted' end, r.started_at, r.ended_at
      from run r join (select id, row_number() over (order by id) as n from course_run where workspace_id = ${ws}) c
        on c.n = case when right(r.entry_key, 1) < '4' then 1 else 2 + right(r.entry_key, 2)::int % ${courseRuns - 1} end
      where r.workspace_id = ${ws} and r.kind = 'enrollment' and length(r.entry_key) > 2 order by r.id`,
    seats: `insert into seat (workspace_id, enrollment_id, course_run_id, kind, expires_at)
      select workspace_id, id, course_run_id, case when ended_at is null then 'hold' else 'confirmed' end,
        case when ended_at is null then now() + interval '2 days' end from enrollment where workspace_id = ${ws}`,
    'runs of batches': `insert into run (workspace_id, id, kind, title, workflow_id, entry_key, subject_id, turn, status, outcome, started_at, ended_at)
      select ${ws}, uuidv7(-${age('n', batches)}), 'batch', 'Batch ' || n, 'batch-run/' || n, 'b' || n, uuidv7(), 3, 'completed', 'completed', now() - ${age('n', batches)}, now()
      from generate_series(1, ${batches}) n`,
    batches: `insert into batch (workspace_id, id, run_id, name, options, template, template_hash, rows_key, stage, rows, budget_micros, ended_at)
      select ${ws}, subject_id, id, title, '{}', ${quoted(letter)}, 'hash', id || '.csv', 'done', ${batchSize}, 50000000, ended_at from run where workspace_id = ${ws} and kind = 'batch'`,
    documents: `insert into document (workspace_id, batch_id, ordinal, line, key, "values", generated, is_flagged, rendered, answers, findings, decision, content_hash, generated_at, rendered_at)
      select ${ws}, b.id, k, k + 1, 'D-' || lpad((k + b.n * ${batchSize})::text, 8, '0'), '{"policy": "P-1"}', case when k % 200 = 0 then 'failed' else 'done' end, k % 40 = 0,
        case when k % 200 = 0 then 'pending' else 'done' end, '{"intro": "Thank you for your trust."}',
        case when k % 40 = 0 then '[{"check": "words", "code": "slot.length", "severity": "error", "message": "Too long", "evidence": null}]'::jsonb else '[]' end,
        case when k % 40 = 0 then 'approve' end, 'hash', now(), now()
      from (select id, row_number() over (order by id) as n from batch where workspace_id = ${ws}) b,
        generate_series(1, ${Math.min(batchSize, Math.ceil(runs / 10 / batches))}) k`,
  };
}
