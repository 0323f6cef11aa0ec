import { z } from 'zod';
import { AppError } from '../errors/app-error.ts';

/** A page of a list; `nextCursor` is null on the last. */
export type Page<Item> = { items: Item[]; nextCursor: string | null };

const Keys = z
  .array(z.union([z.string().max(200), z.number()]))
  .min(1)
  .max(3);

/** The opaque cursor of a sort key. */
export function encodeCursor(keys: (string | number)[]): string {
  return Buffer.from(JSON.stringify(keys)).toString('base64url');
}

/** The sort key of a cursor, checked against its parts' schemas. @throws AppError 400 `cursor.invalid` */
export function decodeCursor<T extends z.ZodType>(cursor: string, schema: T): z.infer<T> {
  try {
    const keys = Keys.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return schema.parse(keys);
  } catch {
    throw new AppError(400, 'cursor.invalid', {
      detail: 'Use the cursor of the page before, as it came',
      errors: [{ path: 'cursor', code: 'cursor.invalid', message: 'not a cursor of this list' }],
    });
  }
}

const IdKey = z.tuple([z.uuid()]);

/** The id below which a list by id goes on; null for the first page. @throws AppError 400 `cursor.invalid` */
export function beforeId(cursor: string | undefined): string | null {
  return cursor === undefined ? null : decodeCursor(cursor, IdKey)[0];
}

/** A page out of `limit + 1` rows of a list ordered by `keyOf`: the rows mapped, and the cursor if one was too many. */
export function pageBy<Row, Item>(
  rows: Row[],
  limit: number,
  keyOf: (row: Row) => string | number | (string | number)[],
  map: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(map), nextCursor: rows.length > limit && last ? encodeCursor([keyOf(last)].flat()) : null };
}

/** `pageBy` for a list ordered by id. */
export function pageById<Row extends { id: string }, Item>(
  rows: Row[],
  limit: number,
  map: (row: Row) => Item,
): Page<Item> {
  return pageBy(rows, limit, (row) => row.id, map);
}
