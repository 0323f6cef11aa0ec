import type { ModelRegistry } from '../../../../platform/models/model-registry.ts';
import { defineProvider } from '../../provider.ts';
import { createLlmClient } from './llm-client.ts';
import { openaiSettings } from './settings.ts';

/** Language models behind OpenAI's chat API, given what is known of them. */
export const openai = defineProvider({
  settings: openaiSettings,
  create:
    ({ OPENAI_BASE_URL: baseUrl, OPENAI_API_KEY: apiKey }) =>
    ({ profileOf }: Pick<ModelRegistry, 'profileOf'>) =>
      createLlmClient({ baseUrl, apiKey, profileOf }),
});
