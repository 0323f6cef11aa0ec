import { z } from 'zod';
import { Instant } from '../core/values.schema.ts';
import { ModelAddress, modelFacts } from './model.schema.ts';

/** The name by which definitions ask for a model. */
export const ModelName = z
  .string()
  .regex(/^[!-~\u00A1-\uFFFD]{1,120}$/, 'use 1 to 120 characters without white space')
  .meta({ description: 'name of a model', example: 'gpt-5-mini' });

/** A model of a workspace's own: where it is, and what is known of it. Its key is a secret and no part of it. */
export const OwnModel = z.strictObject({ url: ModelAddress, ...modelFacts });
/** A model of a workspace's own. */
export type OwnModel = z.infer<typeof OwnModel>;

/** What an admin sets of a model. Without `apiKey` the key stays as it is, as long as the model stays at its host; null is none. */
export const ModelChange = OwnModel.extend({
  apiKey: z
    .string()
    .trim()
    .regex(/^[\x21-\x7E]{1,2000}$/, 'has white space or another character in it that no key has')
    .nullable()
    .optional(),
}).meta({ id: 'ModelChange' });
/** What an admin sets of a model. */
export type ModelChange = z.infer<typeof ModelChange>;

/** Where a model is known from: the workspace's own come before those of the settings, and those before what ships. */
export const modelSources = ['workspace', 'settings', 'shipped'] as const;
/** Where a model is known from. */
export type ModelSource = (typeof modelSources)[number];

/** US dollars per million tokens. */
const Price = z.strictObject({ input: z.number(), cachedInput: z.number(), output: z.number() });

/** What a trial of a model has come to, line by line; `endedAt` is null while it is under way. */
export const ModelTrial = z
  .strictObject({
    askedAt: Instant,
    endedAt: Instant.nullable(),
    isUsable: z.boolean().nullable(),
    lines: z.array(z.string()),
  })
  .meta({ id: 'ModelTrial' });
/** What a trial of a model has come to. */
export type ModelTrial = z.infer<typeof ModelTrial>;

/**
 * A model as the workspace may name it. `price` is null where it has none, so that work for it is refused, or where tokens alone are
 * counted; `pricedAt` is the day of the price. `at` is who sells it, `Ollama`, `vLLM` or
 * `llama.cpp` where it is free by the installation's address, or `installation`. `own` is what the workspace has set, without its key.
 */
export const Model = z
  .strictObject({
    name: z.string(),
    source: z.enum(modelSources),
    price: Price.nullable(),
    pricedAt: z.iso.date().nullable(),
    isUsable: z
      .boolean()
      .meta({ description: 'whether work for it is taken: it has a price, or its tokens are counted' }),
    at: z.string(),
    contextTokens: z.int().nullable(),
    outputTokens: z.int().nullable(),
    own: z
      .strictObject({
        facts: OwnModel,
        keyEndsWith: z.string().nullable().meta({ description: 'null where it has no key' }),
        setAt: Instant,
        setBy: z.string().nullable(),
      })
      .nullable(),
    trial: ModelTrial.nullable(),
  })
  .meta({ id: 'Model' });
/** A model as the workspace may name it. */
export type Model = z.infer<typeof Model>;

/** What the workspace allows of models of its own. */
export const ModelPolicy = z.strictObject({ countsUnpriced: z.boolean() }).meta({ id: 'ModelPolicy' });
/** What the workspace allows of models of its own. */
export type ModelPolicy = z.infer<typeof ModelPolicy>;

/** All models that the workspace may name, its own first, and `usual`, the one of steps that name none. */
export const Models = z
  .strictObject({ items: z.array(Model), usual: z.string(), policy: ModelPolicy })
  .meta({ id: 'Models' });
/** All models that the workspace may name. */
export type Models = z.infer<typeof Models>;
