import { type RawBuilder, sql } from 'kysely';
import { runKindNames, type RunKindName } from '../../../contracts/runs/run-kinds.schema.ts';

/** What a run `r` of each kind is about, of the shape in its record. */
const subjects: { [K in RunKindName]: RawBuilder<unknown> } = {
  journey: sql`(select jsonb_build_object('kind', r.kind, 'slug', j.slug, 'name', j.name, 'version', v.version)
    from journey_run jr join journey j on j.workspace_id = jr.workspace_id and j.id = jr.journey_id
    join journey_version v on v.workspace_id = jr.workspace_id and v.id = jr.version_id
    where jr.workspace_id = r.workspace_id and jr.run_id = r.id)`,
  enrollment: sql`(select jsonb_build_object('kind', r.kind, 'id', e.id, 'course', c.slug, 'run', cr.slug, 'title', c.title || ', ' || cr.title)
    from enrollment e join course_run cr on cr.workspace_id = e.workspace_id and cr.id = e.course_run_id
    join course c on c.workspace_id = cr.workspace_id and c.id = cr.course_id
    where e.workspace_id = r.workspace_id and e.run_id = r.id)`,
  batch: sql`(select jsonb_build_object('kind', r.kind, 'id', b.id, 'rows', b.rows)
    from batch b where b.workspace_id = r.workspace_id and b.run_id = r.id)`,
};

/** What the run `r` is about; null for a kind without a record. */
export const subjectOfRun = sql`case r.kind ${sql.join(
  runKindNames.map((kind) => sql`when ${sql.lit(kind)} then ${subjects[kind]}`),
  sql` `,
)} end`;
