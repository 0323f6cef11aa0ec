import { z } from 'zod';
import { Id } from '../core/values.schema.ts';

const named = { id: Id, title: z.string(), subtitle: z.string() };

/** Something that was found, with what its address is made of. */
export const FoundItem = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('contact'), ...named, ref: z.strictObject({ externalId: z.string() }) }),
    z.strictObject({ kind: z.literal('journey'), ...named, ref: z.strictObject({ slug: z.string() }) }),
    z.strictObject({
      kind: z.literal('courseRun'),
      ...named,
      ref: z.strictObject({ course: z.string(), slug: z.string() }),
    }),
    z.strictObject({ kind: z.literal('batch'), ...named }),
    z.strictObject({ kind: z.literal('document'), ...named }),
    z.strictObject({ kind: z.literal('run'), ...named }),
  ])
  .meta({ id: 'FoundItem' });
/** Something that was found. */
export type FoundItem = z.infer<typeof FoundItem>;

/** What was found, the likeliest kinds first. */
export const SearchAnswer = z.strictObject({ items: z.array(FoundItem) }).meta({ id: 'SearchAnswer' });
/** What was found. */
export type SearchAnswer = z.infer<typeof SearchAnswer>;

/**
 * What to look for: a part of a name, an external id or an address (its beginning where it has fewer than three characters), or the
 * beginning of a document's key or a run's id.
 */
export const SearchQuery = z.strictObject({
  q: z.string().trim().min(1).max(200),
  limit: z.coerce.number().int().min(1).max(50).default(12),
});
/** What to look for. */
export type SearchQuery = z.infer<typeof SearchQuery>;
