import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { BatchEstimate, BatchRow, RowError } from '../../../contracts/documents/documents.ts';
import type { BatchOptions } from '../../../contracts/documents/batch.schema.ts';
import type { DocumentTemplate } from '../../../contracts/documents/template.schema.ts';
import type { JsonObject } from '../../../contracts/core/machine.ts';
import { newId } from '../../ids.ts';
import { createRun } from '../runs/runs.ts';
import type { Database } from '../tables/tables.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** A batch's row. */
export type BatchRecord = Selectable<Database['batch']>;

/** What a batch is made of; `template` is resolved: the bundle itself with its hash. */
export type NewBatch = {
  workspaceId: string;
  options: BatchOptions;
  template: DocumentTemplate;
  templateHash: string;
  rowsKey: string;
  /** The member who starts it. */
  requestedBy?: string | null;
  /** The ended batch whose rows without a document it makes again; its rows are those of that batch. */
  againOf?: string;
};

/** Creates a batch with its run, and the outbox row that starts it, in the caller's transaction. */
export async function createBatch(tx: Tx, input: NewBatch): Promise<{ batchId: string; runId: string }> {
  const { workspaceId, options } = input;
  const batchId = newId();
  const { runId } = await createRun(tx, {
    workspaceId,
    kind: 'batch',
    title: options.name,
    entryKey: batchId,
    subjectId: batchId,
    requestedBy: input.requestedBy ?? null,
  });
  await kysely(tx)
    .insertInto('batch')
    .values({
      workspace_id: workspaceId,
      id: batchId,
      run_id: runId,
      name: options.name,
      options: JSON.stringify(options),
      template: JSON.stringify(input.template),
      template_hash: input.templateHash,
      rows_key: input.rowsKey,
      budget_micros: options.budgetMicros,
      again_of: input.againOf ?? null,
    })
    .execute();
  return { batchId, runId };
}

/** The batch of a run. @throws Error when the run is none's */
export function batchOfRun(tx: Tx, workspaceId: string, runId: string): Promise<BatchRecord> {
  return kysely(tx)
    .selectFrom('batch')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('run_id', '=', runId)
    .executeTakeFirstOrThrow();
}

/** Writes where a turn left the batch. */
export async function writeBatchStage(
  tx: Tx,
  batch: { workspace_id: string; id: string },
  progress: {
    stage: string;
    rows: number;
    rowErrors: number;
    estimate: BatchEstimate | null;
    counts: JsonObject;
    paused: string | null;
    archiveKey: string | null;
    outcome: string | null;
  },
): Promise<void> {
  await sql`update batch set stage = ${progress.stage}, rows = ${progress.rows}, row_errors = ${progress.rowErrors}, paused = ${progress.paused},
      estimate = ${progress.estimate === null ? null : JSON.stringify(progress.estimate)}::jsonb, counts = ${JSON.stringify(progress.counts)}::jsonb,
      archive_key = ${progress.archiveKey}, outcome = ${progress.outcome},
      ended_at = case when ${progress.outcome}::text is null then null else coalesce(ended_at, now()) end, rev = rev + 1
    where workspace_id = ${batch.workspace_id} and id = ${batch.id}`.execute(kysely(tx));
}

/** Stores imported rows as documents; a row that is there already stays as it is, so an import may be repeated. */
export async function storeRows(tx: Tx, batch: { workspace_id: string; id: string }, rows: BatchRow[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    insert into document (workspace_id, batch_id, ordinal, line, key, email, "values")
    select ${batch.workspace_id}::uuid, ${batch.id}::uuid, r.* from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as r(ordinal int, line int, key text, email text, "values" jsonb)
    on conflict (workspace_id, batch_id, ordinal) do nothing`.execute(kysely(tx));
}

/** Stores why rows were refused; repeatable. */
export async function storeRowErrors(
  tx: Tx,
  batch: { workspace_id: string; id: string },
  errors: RowError[],
): Promise<void> {
  if (errors.length === 0) return;
  await sql`
    insert into batch_row_error (workspace_id, batch_id, line, "column", code, message)
    select ${batch.workspace_id}::uuid, ${batch.id}::uuid, e.* from jsonb_to_recordset(${JSON.stringify(errors)}::jsonb)
      as e(line int, "column" int, code text, message text)
    on conflict (workspace_id, batch_id, line) do nothing`.execute(kysely(tx));
}

/** How far a batch's file has been read into rows: the last line and the last ordinal that are stored, and the refused rows. */
export async function importedOf(
  tx: Tx,
  batch: { workspace_id: string; id: string },
): Promise<{ line: number; rows: number; rowErrors: number }> {
  const own = sql`workspace_id = ${batch.workspace_id} and batch_id = ${batch.id}`;
  const { rows } = await sql<{ line: number; rows: number; rowErrors: number }>`
    select greatest(d.line, e.line, 0) as line, coalesce(d.rows, 0) as rows, e.n as "rowErrors"
    from (select max(line) as line, max(ordinal) as rows from document where ${own}) d,
      (select max(line) as line, count(*)::int as n from batch_row_error where ${own}) e`.execute(kysely(tx));
  return rows[0] ?? { line: 0, rows: 0, rowErrors: 0 };
}

/** Where the file lies whose rows a batch makes: its own, or that of the batch which it makes again. */
export async function rowsKeyOf(tx: Tx, batch: BatchRecord): Promise<string> {
  const [first] = await familyOf(tx, batch);
  return first?.rowsKey ?? batch.rows_key;
}

/** All batches of one file of rows: the first one, and those that make again what another of them left; `batch` is one of them. */
export async function familyOf(tx: Tx, batch: { workspace_id: string; id: string }): Promise<BatchOfFamily[]> {
  const { rows } = await sql<BatchOfFamily>`
    with recursive made as (
      select id, again_of from batch where workspace_id = ${batch.workspace_id} and id = ${batch.id}
      union all
      select b.id, b.again_of from made join batch b on b.workspace_id = ${batch.workspace_id} and b.id = made.again_of),
    family as (
      select id from made where again_of is null
      union all
      select b.id from family join batch b on b.workspace_id = ${batch.workspace_id} and b.again_of = family.id)
    select b.id, b.rows_key as "rowsKey", r.ended_at is null as "isLive"
    from family join batch b on b.workspace_id = ${batch.workspace_id} and b.id = family.id
      join run r on r.workspace_id = b.workspace_id and r.id = b.run_id
    order by b.again_of is not null, b.id`.execute(kysely(tx));
  return rows;
}

/** One batch of those that share a file of rows; one whose run was terminated is not live, though no stage of it has ended it. */
export type BatchOfFamily = { id: string; rowsKey: string; isLive: boolean };

/**
 * All batches that are tied to a batch, over however many others, by making rows again or by mending what was refused; it is one of them. The
 * first one, which is the same for each of them, is locked until the end of the transaction, so that one at a time looks for what is missing.
 */
async function lockTied(tx: Tx, workspaceId: string, batchId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    with recursive tie as (
      select id as one, again_of as other from batch where workspace_id = ${workspaceId} and again_of is not null
      union all
      select id, (options ->> 'mends')::uuid from batch where workspace_id = ${workspaceId} and options ->> 'mends' is not null),
    tied as (
      select ${batchId}::uuid as id
      union
      select case when tie.one = tied.id then tie.other else tie.one end from tied join tie on tied.id in (tie.one, tie.other))
    select id from tied order by id`.execute(kysely(tx));
  const tied = rows.map(({ id }) => id);
  await sql`select from batch where workspace_id = ${workspaceId} and id = ${tied[0]} for no key update`.execute(
    kysely(tx),
  );
  return tied;
}

/**
 * The lines of the rows that a batch has no document of, in the file that it was made from. What a person has taken out is not among them, nor what
 * the template leaves out: both are as they were wanted. Nor is what another batch of its family has come to by now, or one that mends it.
 */
export async function linesWithoutDocument(tx: Tx, batch: { workspace_id: string; id: string }): Promise<number[]> {
  const { workspace_id: workspaceId } = batch;
  const tied = await lockTied(tx, workspaceId, batch.id);
  const family = (await familyOf(tx, batch)).map(({ id }) => id);
  const { rows } = await sql<{ line: number }>`
    select line from document where workspace_id = ${workspaceId} and batch_id = ${batch.id} and not (${isSettled})
      and line not in (select line from document
        where workspace_id = ${workspaceId} and batch_id = any(${family}::uuid[]) and ${isSettled})
      and key not in (select key from document join batch b on b.workspace_id = document.workspace_id and b.id = document.batch_id
        where document.workspace_id = ${workspaceId} and b.id = any(${tied}::uuid[]) and b.id <> all(${family}::uuid[])
          and (${isSettled} or b.ended_at is null))
    order by line`.execute(kysely(tx));
  return rows.map(({ line }) => line);
}

const isSettled = sql`(rendered = 'done' or generated = 'skipped' or decision is not distinct from 'reject')`;

/**
 * Which of these keys need no document from a batch that mends another: one of those that are tied to it has made it, is making it, or a person took
 * it out there. Of two that are read at the same time the second sees what the first has stored.
 */
export async function keysMadeBefore(
  tx: Tx,
  batch: { workspace_id: string; id: string },
  { mends, keys }: { mends: string; keys: readonly string[] },
): Promise<Set<string>> {
  const tied = await lockTied(tx, batch.workspace_id, mends);
  const { rows } = await sql<{ key: string }>`
    select distinct key from document join batch b on b.workspace_id = document.workspace_id and b.id = document.batch_id
    where document.workspace_id = ${batch.workspace_id} and b.id = any(${tied}::uuid[]) and b.id <> ${batch.id}
      and key = any(${keys}::text[]) and (${isSettled} or b.ended_at is null)`.execute(kysely(tx));
  return new Set(rows.map(({ key }) => key));
}

/** The other batches of the last 90 days by a template of the same name. */
export async function batchesLike(
  tx: Tx,
  batch: { workspace_id: string; id: string; template: { name?: unknown } },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from batch where workspace_id = ${batch.workspace_id} and id <> ${batch.id}
      and template ->> 'name' = ${String(batch.template.name)} and created_at > now() - interval '90 days'`.execute(
    kysely(tx),
  );
  return rows.map(({ id }) => id);
}

/**
 * Which of these other batches have a document of the same key and values, or will have one, for the documents with `from` ≤ ordinal ≤ `to`: their
 * names and how many, each document counted for the newest. Columns of `amounts` are the same however a spreadsheet has written them: `1250` and `1250.00`.
 */
export async function madeInOthers(
  tx: Tx,
  batch: { workspace_id: string; id: string },
  others: readonly string[],
  { from, to, amounts }: { from: number; to: number; amounts: readonly string[] },
): Promise<{ batchId: string; name: string; documents: number }[]> {
  const { rows } = await sql<{ batchId: string; name: string; documents: number }>`
    select b.id as "batchId", b.name, count(*)::int as documents
    from document d cross join lateral (
      select o.batch_id from document o join batch ob on ob.workspace_id = o.workspace_id and ob.id = o.batch_id
      where o.workspace_id = d.workspace_id and lower(o.key) collate "C" = lower(d.key) collate "C" and o.key = d.key
        and o.batch_id = any(${[...others]}::uuid[]) and ${haveSameValues(amounts)} and (o.rendered = 'done' or ob.ended_at is null)
      order by o.batch_id desc limit 1) other
    join batch b on b.workspace_id = d.workspace_id and b.id = other.batch_id
    where d.workspace_id = ${batch.workspace_id} and d.batch_id = ${batch.id} and d.ordinal between ${from} and ${to}
    group by b.id, b.name`.execute(kysely(tx));
  return rows;
}

/** The condition that the documents `o` and `d` have the same values, those of `amounts` as numbers. */
function haveSameValues(amounts: readonly string[]): RawBuilder<boolean> {
  const [names, plain] = [sql`${amounts}::text[]`, sql.lit(String.raw`^-?\d+(\.\d+)?$`)];
  const [mine, others] = [sql`d."values" ->> amount`, sql`o."values" ->> amount`];
  return sql<boolean>`(o."values" - ${names} = d."values" - ${names} and not exists (
    select from unnest(${names}) amount where ${others} is distinct from ${mine}
      and case when ${others} ~ ${plain} and ${mine} ~ ${plain} then (${others})::numeric <> (${mine})::numeric else true end))`;
}

/** The batches that make a batch's rows again, the first first. */
export async function madeAgainBy(tx: Tx, batch: { workspace_id: string; id: string }): Promise<string[]> {
  const rows = await kysely(tx)
    .selectFrom('batch')
    .select('id')
    .where('workspace_id', '=', batch.workspace_id)
    .where('again_of', '=', batch.id)
    .orderBy('id')
    .execute();
  return rows.map(({ id }) => id);
}

/** The refused rows in the order of the file. */
export async function rowErrorsOf(tx: Tx, batch: { workspace_id: string; id: string }): Promise<RowError[]> {
  const rows = await kysely(tx)
    .selectFrom('batch_row_error')
    .select(['line', 'column', 'code', 'message'])
    .where('workspace_id', '=', batch.workspace_id)
    .where('batch_id', '=', batch.id)
    .orderBy('line')
    .execute();
  return rows.map(({ column, ...row }) => ({ ...row, ...(column === null ? {} : { column }) }));
}
