import { z } from 'zod';

/** Which language model answers. */
export const modelSettings = {
  LLM_MODEL: z
    .string()
    .default('stub-small')
    .describe('model used where a definition names none; models named stub-* make texts up'),
};
