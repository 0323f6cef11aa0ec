import { z } from 'zod';

/** An id: a UUID, version 7 where we made it. */
export const Id = z.uuid().meta({ description: 'UUID' });

/** A name in an address: lower-case letters, digits and dashes, at most 63 characters. */
export const Slug = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'use lower-case letters, digits and dashes, at most 63 characters')
  .meta({ description: 'lower-case letters, digits and dashes', example: 'welcome' });

/** An instant: ISO 8601 with `Z`. */
export const Instant = z.iso.datetime().meta({ description: 'ISO 8601 instant with Z' });

/** A key, a token or a secret of an outside service, as it goes into a header: one with a line end in it would stand in an error. */
export const Credential = z
  .string()
  .trim()
  .regex(/^[\x21-\x7E]+$/, 'has white space or another character in it that no key has');

/** An instant as it comes from outside: with `Z` or an offset. */
export const ZonedInstant = z.iso
  .datetime({ offset: true, error: 'an ISO 8601 instant with Z or an offset, such as 2026-11-25T10:00:00+02:00' })
  .meta({ description: 'ISO 8601 instant with Z or an offset' });

/** Any JSON object. */
export const JsonRecord = z.record(z.string(), z.unknown());

/** The query of every list; a feature extends it with its filters. */
export const PageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50).meta({ description: 'items on the page' }),
  cursor: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .meta({ description: '`nextCursor` of the page before', format: 'base64url' }),
});
/** The query of every list. */
export type PageQuery = z.infer<typeof PageQuery>;

/** The answer of a list: a page of `item`s and the cursor of the next, null on the last. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() });
}

/** The number of a version in an address. */
export const VersionNumber = z.coerce.number().int().min(1).max(1_000_000_000);
