import { z } from 'zod';
import { baseUrl } from '../../../../platform/base-url.ts';

/** Where the server of the language models is. */
export const openaiSettings = {
  OPENAI_BASE_URL: baseUrl.default('http://127.0.0.1:4411/v1').describe('OpenAI-compatible server'),
  OPENAI_API_KEY: z.string().default('stub').describe('key for it'),
};
