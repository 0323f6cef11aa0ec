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
 * What is known of one model beside its name and its address: its price, its name there, its limits in tokens (`context` of prompt and answer
 * together, `maxOutput` of an answer, `thinking` of its thoughts), and its dialect. What is not given is as it ships or is found out.
 */
export const modelFacts = {
  price: ModelPrice.optional(),
  model: z.string().min(1).max(200).optional(),
  context: z.int().min(256).max(100_000_000).optional(),
  maxOutput: z.int().min(64).max(10_000_000).optional(),
  thinking: z.int().min(0).max(200_000).optional(),
  /** How hard it thinks, in the service's words, such as `low`. */
  effort: z.string().min(1).max(40).optional(),
  output: z.enum(outputModes).optional(),
  limit: z.enum(limitFields).optional(),
};

/** The address of a service with OpenAI's chat API, up to and with `/v1`. */
export const ModelAddress = z
  .url({ protocol: /^https?$/ })
  .max(2_000)
  .refine((url) => !/^\w+:\/\/[^/?#]*@/.test(url), 'leave user and password out of the address');

/** A model in the settings. The key of an address of its own stands in a variable or a file, never here. */
export const ModelEntry = z
  .strictObject({
    ...modelFacts,
    url: ModelAddress.optional(),
    keyEnv: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, 'the name of a variable of the environment')
      .optional(),
    keyFile: z.string().min(1).max(1_000).optional(),
    params: z
      .record(z.string().min(1).max(80), z.json())
      .refine((params) => !ownFields.some((name) => Object.hasOwn(params, name)), `never holds ${ownFields.join(', ')}`)
      .optional(),
  })
  .refine(({ keyEnv, keyFile }) => keyEnv === undefined || keyFile === undefined, {
    path: ['keyFile'],
    error: 'give keyEnv or keyFile, not both',
  })
  .refine(({ url, keyEnv, keyFile }) => url !== undefined || (keyEnv ?? keyFile) === undefined, {
    path: ['url'],
    error: 'a key of its own needs the address that it is for',
  });
export type ModelEntry = z.infer<typeof ModelEntry>;
