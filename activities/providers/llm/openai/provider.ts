import { defineProvider } from '../../provider.ts';
import { createLlmClient } from './llm-client.ts';
import { openaiSettings } from './settings.ts';

/** Language models behind OpenAI's chat API. */
export const openai = defineProvider({
  settings: openaiSettings,
  create: ({ OPENAI_BASE_URL: baseUrl, OPENAI_API_KEY: apiKey }) => createLlmClient({ baseUrl, apiKey }),
});
