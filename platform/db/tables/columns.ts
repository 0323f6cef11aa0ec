import type { ColumnType } from 'kysely';

/** A `timestamptz`: read as a `Date`, written as a `Date` or an ISO instant. */
export type Instant = ColumnType<Date, Date | string, Date | string>;
/** An instant that may be missing. */
export type MaybeInstant = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
/** An instant that the database fills in. */
export type DefaultInstant = ColumnType<Date, Date | string | undefined, Date | string>;
/** A `bigint`: read as a string by the driver, hence as such. */
export type Big = ColumnType<string, string | number | bigint | undefined, string | number | bigint>;
/** A `jsonb` that the database fills with an empty value where none is given. */
export type Json<T extends object> = ColumnType<T, string | undefined, string>;
