import type { z } from 'zod';

/**
 * The adapter of one outside service by one vendor: the settings that it reads, under their names in the environment, and how it is made
 * of them.
 */
export type Provider<Shape extends z.ZodRawShape, Client> = {
  settings: Shape;
  /** @throws Error if a setting cannot be used */
  create(settings: z.infer<z.ZodObject<Shape>>): Client;
};

/** Makes the record of a provider. */
export function defineProvider<Shape extends z.ZodRawShape, Client>(
  provider: Provider<Shape, Client>,
): Provider<Shape, Client> {
  return provider;
}

/** The time-out of a CRM or payment call: below the 45 s that one attempt of such an activity may take, with room for two calls. */
export const callTimeoutMs = 20_000;
