import { sql, type RawBuilder } from 'kysely';
import { kysely } from './kysely.ts';
import type { Tx } from './workspace.ts';

/** A row as JSON has it: an instant and bytes are text, and so is nothing else that is none in Postgres. */
export type JsonRow = Readonly<Record<string, unknown>>;

/** Something to be read that may be read together with other things: what is asked, and what its rows come to. */
export type Reading<T> = { query: RawBuilder<unknown>; from(rows: readonly JsonRow[]): T };

/** What several readings give, under the same names. */
type ReadAll<R extends Readonly<Record<string, Reading<unknown>>>> = {
  [Name in keyof R]: R[Name] extends Reading<infer T> ? T : never;
};

/** Reads several things in one statement, and so as of one instant. */
export async function readTogether<R extends Readonly<Record<string, Reading<unknown>>>>(
  tx: Tx,
  readings: R,
): Promise<ReadAll<R>> {
  const all = Object.entries(readings);
  const columns = all.map(
    ([name, { query }]) => sql`(select coalesce(json_agg(q), '[]') from (${query}) q) as ${sql.ref(name)}`,
  );
  const { rows } = await sql<Record<string, JsonRow[]>>`select ${sql.join(columns)}`.execute(kysely(tx));
  return Object.fromEntries(all.map(([name, { from }]) => [name, from(rows[0]?.[name] ?? [])])) as ReadAll<R>;
}

/** Reads one thing by itself. */
export async function readOne<T>(tx: Tx, reading: Reading<T>): Promise<T> {
  return (await readTogether(tx, { it: reading })).it;
}

/** For what reads nothing. */
export const noFacts: Reading<undefined> = { query: sql`select where false`, from: () => undefined };
