import type { Kysely } from 'kysely';
import { protect, statements } from './row-security.ts';

/**
 * How many runs and steps stand alike, so that no page counts rows by the million. Triggers append what each statement changes, plus and minus, in
 * the transaction of its cause: nobody waits for anybody, and nothing is counted that was taken back. The sums are of these rows;
 * `foldTallies` puts many into one. `recount_runs()` and `recount_steps()` append what is missing: all that was there before, and afterwards
 * nothing. Code of before counts rows.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, tables);
  for (const table of ['run_tally', 'run_hour', 'step_tally', 'step_way'])
    await protect(db, table, ['select', 'insert']);
  await statements(db, functions);
  await statements(db, triggers);
}

/** The rows that are sums are one for each kind of run, and only `foldTallies` changes them. */
const tables = `
create table run_tally (
  workspace_id uuid not null, kind text not null, subject_id uuid, version_id uuid, status text not null, is_live boolean not null,
  waiting_for text, step text, has_goal boolean not null, is_sum boolean not null default false, n bigint not null
);
create unique index run_tally_sum on run_tally (workspace_id, subject_id, kind, version_id, status, is_live, waiting_for, step, has_goal) nulls not distinct where is_sum;
create index run_tally_of on run_tally (workspace_id, subject_id);
create index run_tally_new on run_tally (workspace_id) where not is_sum;

create table run_hour (
  workspace_id uuid not null, subject_id uuid, hour timestamptz not null, is_sum boolean not null default false,
  started bigint not null, ended bigint not null, finished bigint not null, failed bigint not null, reached bigint not null
);
create unique index run_hour_sum on run_hour (workspace_id, hour, subject_id) nulls not distinct where is_sum;
create index run_hour_of on run_hour (workspace_id, hour);
create index run_hour_new on run_hour (workspace_id) where not is_sum;

create table step_tally (
  workspace_id uuid not null, subject_id uuid not null, version_id uuid, step text not null, status text not null, hour timestamptz, spell int,
  is_sum boolean not null default false, n bigint not null
);
create unique index step_tally_sum on step_tally (workspace_id, subject_id, version_id, step, status, hour, spell) nulls not distinct where is_sum;
create index step_tally_of on step_tally (workspace_id, subject_id);
create index step_tally_new on step_tally (workspace_id) where not is_sum;

create table step_way (
  workspace_id uuid not null, subject_id uuid not null, version_id uuid, origin text, step text not null, hour timestamptz not null,
  is_sum boolean not null default false, n bigint not null
);
create unique index step_way_sum on step_way (workspace_id, subject_id, version_id, origin, step, hour) nulls not distinct where is_sum;
create index step_way_of on step_way (workspace_id, subject_id);
create index step_way_new on step_way (workspace_id) where not is_sum;
`;

/** The kind of runs that a row `r` of run is counted with. */
const likeRun = `r.workspace_id, r.kind, case when r.kind = 'journey' then r.subject_id end as subject_id, r.version_id, r.status, r.ended_at is null as is_live,
    r.waiting_for, case when r.ended_at is null then r.current_step end as step, r.has_goal`;
const runKind = 'workspace_id, kind, subject_id, version_id, status, is_live, waiting_for, step, has_goal';

/** What the rows `r` of run, each `r.n` times, add to the hours in which they began and ended. */
const hoursOf = (rows: string): string => `
  select workspace_id, subject_id, hour, sum(started), sum(ended), sum(finished), sum(failed), sum(reached) from (
    select r.workspace_id, case when r.kind = 'journey' then r.subject_id end as subject_id, h.*
    from (${rows}) r cross join lateral (
      select date_trunc('hour', r.started_at, 'UTC') as hour, r.n as started, 0 as ended, 0 as finished, 0 as failed, 0 as reached
      union all select date_trunc('hour', r.ended_at, 'UTC'), 0, r.n, case when r.status in ('completed', 'exited') then r.n else 0 end,
        case when r.status = 'failed' then r.n else 0 end, case when r.has_goal then r.n else 0 end where r.ended_at is not null) h) counted
  group by 1, 2, 3 having num_nonnulls(nullif(sum(started), 0), nullif(sum(ended), 0), nullif(sum(finished), 0), nullif(sum(failed), 0), nullif(sum(reached), 0)) > 0`;
const hourColumns = 'workspace_id, subject_id, hour, started, ended, finished, failed, reached';

/** How a row `s` of step counts; a spell is how long it took, in eighths of a power of two of milliseconds. */
const likeStep = `s.step, s.status, case when s.status = 'done' then date_trunc('hour', s.ended_at, 'UTC') end as hour,
    case when s.status = 'done' and s.ended_at is not null
      then floor(8 / ln(2::float8) * ln(1 + greatest(0, extract(epoch from s.ended_at - s.started_at)::float8 * 1000)))::int end as spell`;
const stepKind = 'workspace_id, subject_id, version_id, step, status, hour, spell';
/** The journey's run of a row `s` of step, by its key alone. */
const itsRun = `cross join lateral (select r.subject_id, r.version_id, r.started_at from run r
    where r.workspace_id = s.workspace_id and r.id = s.run_id and r.kind = 'journey' limit 1) r`;
/** The step from which a run came to the step of its row `s`; those with a $ are no places. */
const origin = `(select b.step from step b where b.workspace_id = s.workspace_id and b.run_id = s.run_id and b.seq < s.seq and left(b.step, 1) <> '$'
    order by b.seq desc limit 1)`;
const wayKind = 'workspace_id, subject_id, version_id, origin, step, hour';

/** What a statement adds to the counts of runs: each of `rows` (run's columns and `n`) n times. */
const noteRuns = (rows: string): string => `
    insert into run_tally (${runKind}, n) select ${runKind}, sum(n) from (select ${likeRun}, r.n from (${rows}) r) counted
      group by ${runKind} having sum(n) <> 0;
    insert into run_hour (${hourColumns}) ${hoursOf(rows)};`;

/** The rows of a run of a journey that has gone on to another version, taken from the one and given to the other. */
const moved = `(select c.workspace_id, c.id, c.subject_id, c.started_at, v.version_id, v.n from changed c
      join before b on b.workspace_id = c.workspace_id and b.id = c.id and b.version_id is distinct from c.version_id
      cross join lateral (values (c.version_id, 1), (b.version_id, -1)) v(version_id, n) where c.kind = 'journey') r
      cross join lateral (select * from step where workspace_id = r.workspace_id and run_id = r.id and step <> '$goal' offset 0) s`;

const functions = `
create function tally_runs() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then${noteRuns('select c.*, 1 as n from changed c')}
  elsif tg_op = 'DELETE' then${noteRuns('select b.*, -1 as n from before b')}
  else${noteRuns('select c.*, 1 as n from changed c union all select b.*, -1 from before b')}
    if exists (select workspace_id, id, version_id from changed except select workspace_id, id, version_id from before) then
      insert into step_tally (${stepKind}, n) select ${stepKind}, sum(n) from (
        select r.workspace_id, r.subject_id, r.version_id, ${likeStep}, r.n from ${moved}) counted group by ${stepKind};
      insert into step_way (${wayKind}, n) select ${wayKind}, sum(n) from (
        select r.workspace_id, r.subject_id, r.version_id, ${origin} as origin, s.step, date_trunc('hour', r.started_at, 'UTC') as hour, r.n
        from ${moved} where left(s.step, 1) <> '$' and r.started_at > now() - interval '8 days') counted group by ${wayKind};
    end if;
  end if;
  return null;
end $$;

create function tally_steps() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into step_tally (${stepKind}, n) select ${stepKind}, count(*) from (
      select s.workspace_id, r.subject_id, r.version_id, ${likeStep} from changed s ${itsRun} where s.step <> '$goal') counted group by ${stepKind};
    insert into step_way (${wayKind}, n) select ${wayKind}, count(*) from (
      select s.workspace_id, r.subject_id, r.version_id, ${origin} as origin, s.step, date_trunc('hour', r.started_at, 'UTC') as hour
      from changed s ${itsRun} where left(s.step, 1) <> '$' and r.started_at > now() - interval '8 days') counted group by ${wayKind};
  else
    insert into step_tally (${stepKind}, n) select ${stepKind}, sum(n) from (
      select s.workspace_id, r.subject_id, r.version_id, ${likeStep}, s.n from (
        select c.*, 1 as n from changed c union all select b.*, -1 from before b) s ${itsRun} where s.step <> '$goal') counted group by ${stepKind} having sum(n) <> 0;
  end if;
  return null;
end $$;

create function recount_runs() returns bigint language plpgsql as $$
declare missing bigint; hours bigint;
begin
  insert into run_tally (${runKind}, n) select ${runKind}, sum(n) from (
    select ${likeRun}, 1 as n from run r union all select ${runKind}, -n from run_tally) counted group by ${runKind} having sum(n) <> 0;
  get diagnostics missing = row_count;
  insert into run_hour (${hourColumns}) select workspace_id, subject_id, hour, sum(started), sum(ended), sum(finished), sum(failed), sum(reached) from (
    select * from (${hoursOf('select r.*, 1 as n from run r')}) there(${hourColumns})
    union all select workspace_id, subject_id, hour, -started, -ended, -finished, -failed, -reached from run_hour) counted
    where hour >= date_trunc('hour', now() - interval '30 days', 'UTC') group by 1, 2, 3
    having num_nonnulls(nullif(sum(started), 0), nullif(sum(ended), 0), nullif(sum(finished), 0), nullif(sum(failed), 0), nullif(sum(reached), 0)) > 0;
  get diagnostics hours = row_count;
  return missing + hours;
end $$;

create function recount_steps() returns bigint language plpgsql as $$
declare missing bigint; ways bigint; day timestamptz := date_trunc('hour', now() - interval '24 hours', 'UTC');
begin
  insert into step_tally (${stepKind}, n) select workspace_id, subject_id, version_id, step, status, case when hour >= day then hour end as hour,
      case when hour >= day then spell end as spell, sum(n) from (
    select s.workspace_id, r.subject_id, r.version_id, ${likeStep}, 1 as n from step s join run r on r.workspace_id = s.workspace_id and r.id = s.run_id and r.kind = 'journey' and s.step <> '$goal'
    union all select ${stepKind}, -n from step_tally) counted group by 1, 2, 3, 4, 5, 6, 7 having sum(n) <> 0;
  get diagnostics missing = row_count;
  insert into step_way (${wayKind}, n) select ${wayKind}, sum(n) from (
    select s.workspace_id, r.subject_id, r.version_id, lag(s.step) over (partition by s.workspace_id, s.run_id order by s.seq) as origin, s.step,
      date_trunc('hour', r.started_at, 'UTC') as hour, 1 as n
    from run r join step s on s.workspace_id = r.workspace_id and s.run_id = r.id and left(s.step, 1) <> '$'
    where r.kind = 'journey' and r.started_at >= date_trunc('hour', now() - interval '7 days', 'UTC')
    union all select ${wayKind}, -n from step_way where hour >= date_trunc('hour', now() - interval '7 days', 'UTC')) counted group by ${wayKind} having sum(n) <> 0;
  get diagnostics ways = row_count;
  return missing + ways;
end $$;
`;

const triggers = `
create trigger run_tallied_new after insert on run referencing new table as changed for each statement execute function tally_runs();
create trigger run_tallied after update on run referencing old table as before new table as changed for each statement execute function tally_runs();
create trigger run_tallied_gone after delete on run referencing old table as before for each statement execute function tally_runs();
create trigger step_tallied_new after insert on step referencing new table as changed for each statement execute function tally_steps();
create trigger step_tallied after update on step referencing old table as before new table as changed for each statement execute function tally_steps();
`;
