import { sql } from 'kysely';
import type { AuditRow } from '../access/audit.ts';
import { calledName } from '../contacts/contact-name.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';
import { firstIdAt } from './runs/run-filter.ts';

/** An entry with the names of who did it and what it was done to, where they are still known. */
export type NamedAuditRow = AuditRow & {
  actor_name: string | null;
  subject_title: string | null;
  subject_person: string | null;
  outcome_label: string | null;
};

/** A part of the log; `since` is the instant from which on, `before` the id above it. */
export type AuditPage = {
  workspaceId: string;
  before: string | null;
  limit: number;
  act: string | null;
  actorId: string | null;
  subjectId: string | null;
  since: Date | null;
};

/** A page of entries, newest first, below `before`. */
export async function listAudit(tx: Tx, page: AuditPage): Promise<NamedAuditRow[]> {
  const { workspaceId, before, act, actorId, subjectId, since, limit } = page;
  const conditions = [sql`a.workspace_id = ${workspaceId}`];
  if (before !== null) conditions.push(sql`a.id < ${before}`);
  if (act !== null) conditions.push(sql`a.act = ${act}`);
  if (actorId !== null) conditions.push(sql`a.actor_id = ${actorId}`);
  if (subjectId !== null) conditions.push(sql`a.subject_id = ${subjectId}`);
  // By the id, which begins with the millisecond: so the index that gives the order ends the search.
  if (since !== null) conditions.push(sql`a.id >= ${firstIdAt(since.toISOString())}::uuid and a.at >= ${since}`);
  const { rows } = await sql<NamedAuditRow>`
    select a.*,
      case when a.actor_id is not null then case a.actor_kind
        when 'apiKey' then (${named('api_key', 'name', 'actor_id')})
        when 'system' then null
        else (${named('member', 'name', 'actor_id')}) end end as actor_name,
      case a.subject_kind
        when 'run' then (${named('run', 'title')}) when 'gate' then (${named('gate', 'title')})
        when 'batch' then (${named('batch', 'name')}) when 'document' then (${named('document', 'key')})
        when 'journey' then (${named('journey', 'name')}) when 'course' then (${named('course', 'title')})
        when 'courseRun' then (${named('course_run', 'title')}) when 'contact' then (${named('contact', 'external_id')})
        when 'member' then (${named('member', 'name')}) when 'apiKey' then (${named('api_key', 'name')})
        when 'enrollment' then (select r.title from enrollment e join run r on r.workspace_id = e.workspace_id and r.id = e.run_id
          where e.workspace_id = a.workspace_id and e.id = a.subject_id::uuid)
      end as subject_title,
      (select coalesce(${calledName(sql`c.attributes`)}, c.external_id) from contact c where c.workspace_id = a.workspace_id and c.id = case a.subject_kind
        when 'contact' then a.subject_id::uuid
        when 'run' then (${named('run', 'contact_id')})
        when 'enrollment' then (${named('enrollment', 'contact_id')})
        when 'gate' then (select r.contact_id from gate g join run r on r.workspace_id = g.workspace_id and r.id = g.run_id
          where g.workspace_id = a.workspace_id and g.id = a.subject_id::uuid) end) as subject_person,
      case when a.subject_kind = 'gate' then (select o ->> 'label' from gate g, jsonb_array_elements(g.outcomes) o
        where g.workspace_id = a.workspace_id and g.id = a.subject_id::uuid and o ->> 'name' = a.detail ->> 'outcome' limit 1) end as outcome_label
    from audit_entry a where ${sql.join(conditions, sql` and `)}
    order by a.id desc limit ${sql.lit(limit + 1)}`.execute(kysely(tx));
  return rows;
}

/** The name of what an entry's column points to. */
function named(table: string, column: string, by: 'subject_id' | 'actor_id' = 'subject_id') {
  return sql`select named.${sql.ref(column)} from ${sql.table(table)} named
    where named.workspace_id = a.workspace_id and named.id = a.${sql.ref(by)}::uuid`;
}
