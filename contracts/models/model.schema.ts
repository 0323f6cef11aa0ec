import { z } from 'zod';

const dollars = z.number().min(0).max(100_000);

/** What a model costs, in US dollars per million tokens, as of a day; `free` where it runs on a machine of one's own. */
export const ModelPrice = z.union([
  z.enum(['free', 'unknown']),
  z.strictObject({ input: dollars, cachedInput: dollars.optional(), output: dollars, date: z.iso.date() }),
]);

/** What is known of one model beside its name. */
export const ModelEntry = z.strictObject({ price: ModelPrice });
export type ModelEntry = z.infer<typeof ModelEntry>;
