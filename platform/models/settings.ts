import { z } from 'zod';
import { baseUrl } from '../base-url.ts';
import { listed } from '../config.ts';
import { ModelEntry } from '../../contracts/models/model.schema.ts';

const Models = z.record(z.string().min(1).max(120), ModelEntry);

/** What the API and the workers have to know of language models. */
export const modelSettings = {
  OPENAI_BASE_URL: baseUrl.default('http://127.0.0.1:4411/v1').describe('OpenAI-compatible server'),
  LLM_MODEL: z
    .string()
    .default('stub-small')
    .describe(
      'model used where a definition or a batch names none; `npm start` chooses it from what OPENAI_BASE_URL offers, where it is left out',
    ),
  LLM_MODELS: z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'not JSON' });
        return z.NEVER;
      }
    })
    .pipe(Models)
    .default({})
    .describe(
      'what is known of models by name, as JSON: price, limits, dialect, such as {"qwen3:8b": {"price": "free"}}; see docs/models.md',
    ),
  LLM_OWN_HOSTS: z
    .string()
    .default('')
    .transform(listed)
    .pipe(
      z.array(z.string().regex(/^(\*|[a-z0-9.-]+(:\d{1,5})?|\[[0-9a-f:]+\](:\d{1,5})?)$/i, 'use HOST or HOST:PORT')),
    )
    .describe(
      'where models of workspaces’ own may be beside https addresses of the internet: hosts, comma-separated, such as gpu-1:11434; * is anywhere',
    ),
  LLM_UNPRICED: z
    .enum(['refuse', 'count'])
    .default('refuse')
    .describe(
      'what becomes of work for a model without a price: it is refused, or its tokens are counted and no money',
    ),
};
