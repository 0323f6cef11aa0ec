import type { Kysely } from 'kysely';
import type { Database } from '../tables/tables.ts';

const inner = Symbol('kysely');

/**
 * A database or a transaction as all but `platform/db` see it: something to hand on, without any member. What it can do is behind
 * `kysely`, which an arrow keeps within `platform/db` and tests; so SQL can be written nowhere else.
 */
export type Opaque<K extends Kysely<Database>> = { readonly [inner]: K };

/** Hides what Kysely made. */
export function opaque<K extends Kysely<Database>>(builder: K): Opaque<K> {
  return { [inner]: builder };
}

/** The builder behind a database or a transaction, by which SQL is written and executed. */
export function kysely<K extends Kysely<Database>>(hidden: Opaque<K>): K {
  return hidden[inner];
}
