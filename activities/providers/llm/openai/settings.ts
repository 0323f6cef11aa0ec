import { z } from 'zod';
import { modelSettings } from '../../../../platform/models/settings.ts';

/** What a header can carry: an error about any other would have the key in its words. */
const keyText = z
  .string()
  .trim()
  .regex(/^[\x21-\x7E]*$/, 'has white space or another character in it that no key has');
const key = (vendor: string): z.ZodDefault<z.ZodString> =>
  keyText.default('').describe(`key of ${vendor}; with it models of theirs that ship with a price are asked there`);

/** Where the language models are served. */
export const openaiSettings = {
  OPENAI_BASE_URL: modelSettings.OPENAI_BASE_URL,
  OPENAI_API_KEY: keyText.default('stub').describe('key for it'),
  ANTHROPIC_API_KEY: key('Anthropic'),
  GEMINI_API_KEY: key('Google’s Gemini API'),
  MISTRAL_API_KEY: key('Mistral'),
};
