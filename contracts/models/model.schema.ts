import { z } from 'zod';
import { limitFields, outputModes } from './profile.ts';

const dollars = z.number().min(0).max(100_000);

/** What a model costs, in US dollars per million tokens, as of a day; `free` where it runs on a machine of one's own. */
export const ModelPrice = z.union([
  z.enum(['free', 'unknown']),
  z.strictObject({ input: dollars, cachedInput: dollars.optional(), output: dollars, date: z.iso.date() }),
]);

/** Fields of a request that are never a matter of settings: they say what is asked. */
const ownFields = ['model', 'messages', 'stream', 'n', 'tools', 'tool_choice', 'response_format', ...limitFields];

/**
 * What is known of one model beside its name: its price, its limits in tokens (`context` of prompt and answer together, `maxOutput` of an
 * answer, `thinking` of its thoughts), and its dialect, which is found out where it is not given.
 */
export const ModelEntry = z.strictObject({
  price: ModelPrice,
  context: z.int().min(256).max(100_000_000).optional(),
  maxOutput: z.int().min(64).max(10_000_000).optional(),
  thinking: z.int().min(0).max(200_000).optional(),
  /** How hard it thinks, in the service's words, such as `low`. */
  effort: z.string().min(1).max(40).optional(),
  output: z.enum(outputModes).optional(),
  limit: z.enum(limitFields).optional(),
  params: z
    .record(z.string().min(1).max(80), z.json())
    .refine((params) => !ownFields.some((name) => Object.hasOwn(params, name)), `never holds ${ownFields.join(', ')}`)
    .optional(),
});
export type ModelEntry = z.infer<typeof ModelEntry>;
