import { sql, type RawBuilder } from 'kysely';
import { kysely } from './kysely.ts';
import type { Tx } from './workspace.ts';

/** A row as JSON has it: an instant and bytes are text, and so is nothing else that is none in Postgres. */
export type JsonRow = Readonly<Record<string, unknown>>;

/** Something to be read that may be read together with other things: what is asked, and what its rows come to. */
export type Reading<T> = { query: RawBuilder<unknown>; from(rows: readonly JsonRow[]): T };

/** What several readings give, under the same names. */
type ReadAll<R extends Readings> = {
  [Name in keyof R]: R[Name] extends Reading<infer T> ? T : never;
};

type Readings = Readonly<Record<string, Reading<unknown>>>;

/** Several readings as one. */
export function together<R extends Readings>(readings: R): Reading<ReadAll<R>> {
  const all = Object.entries(readings);
  const columns = all.map(([name, { query }]) => sql`${jsonRows(query)} as ${sql.ref(name)}`);
  return {
    query: sql`select ${sql.join(columns)}`,
    from: ([row]) =>
      Object.fromEntries(all.map(([name, { from }]) => [name, from((row?.[name] ?? []) as JsonRow[])])) as ReadAll<R>,
  };
}

/** The rows of a query as one value, for a statement that reads other things, too. */
export function jsonRows(query: RawBuilder<unknown>): RawBuilder<JsonRow[]> {
  return sql`(select coalesce(json_agg(q), '[]') from (${query}) q)`;
}

/** Reads several things in one statement, and so as of one instant. */
export async function readTogether<R extends Readings>(tx: Tx, readings: R): Promise<ReadAll<R>> {
  const { query, from } = together(readings);
  const { rows } = await sql<JsonRow>`${query}`.execute(kysely(tx));
  return from(rows);
}

/**
 * Reads the same things of each of several runs in one statement. `each` gives rows of columns that the readings name, with `own.id` among them.
 * @returns what was read, by that id
 */
export async function readOfEach<R extends Readings>(
  tx: Tx,
  each: RawBuilder<unknown>,
  readings: R,
): Promise<ReadonlyMap<string, ReadAll<R>>> {
  const { query, from } = together(readings);
  const { rows } = await sql<{ id: string; read: JsonRow[] }>`
    select own.id, ${jsonRows(query)} as read from ${each} own`.execute(kysely(tx));
  return new Map(rows.map(({ id, read }) => [id, from(read)]));
}

/** Reads one thing by itself. */
export async function readOne<T>(tx: Tx, reading: Reading<T>): Promise<T> {
  return (await readTogether(tx, { it: reading })).it;
}

/** The database's clock. */
export const clock: Reading<Date> = {
  query: sql`select clock_timestamp() as now`,
  from: ([row]) => instantOf(row?.['now']),
};

/** An instant as JSON has it. */
export function instantOf(value: unknown): Date {
  return new Date(String(value));
}

/** Bytes as JSON has them. */
export function bytesOf(value: unknown): Buffer {
  return Buffer.from(String(value).slice(2), 'hex');
}

/** For what reads nothing. */
export const noFacts: Reading<undefined> = { query: sql`select where false`, from: () => undefined };
