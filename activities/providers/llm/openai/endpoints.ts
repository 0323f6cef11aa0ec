import type { z } from 'zod';
import type { ModelEndpoint } from '../../../../contracts/models/profile.ts';
import { readReferred } from '../../../../platform/config.ts';
import type { openaiSettings } from './settings.ts';

/** An address up to and with `/v1`, and the key for it. */
export type Endpoint = { baseUrl: string; apiKey: string };

/** Finds where a model is served. @throws ConfigError where the key that its settings refer to is not there */
export type FindEndpoint = (name: string, endpoint: ModelEndpoint | null) => Endpoint;

/** Endpoints by the settings: each vendor whose key is given has its own, all other models are where OPENAI_BASE_URL says. */
export function createEndpoints(settings: z.infer<z.ZodObject<typeof openaiSettings>>): FindEndpoint {
  const { OPENAI_BASE_URL, OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY, MISTRAL_API_KEY } = settings;
  const usual = { baseUrl: OPENAI_BASE_URL, apiKey: OPENAI_API_KEY };
  const sold = {
    openai: usual,
    anthropic: { baseUrl: 'https://api.anthropic.com/v1', apiKey: ANTHROPIC_API_KEY },
    gemini: { baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai', apiKey: GEMINI_API_KEY },
    mistral: { baseUrl: 'https://api.mistral.ai/v1', apiKey: MISTRAL_API_KEY },
  };
  return (name, endpoint) => {
    if (endpoint === null) return usual;
    if (endpoint.kind === 'vendor') return sold[endpoint.vendor].apiKey === '' ? usual : sold[endpoint.vendor];
    const { url: baseUrl, key } = endpoint;
    if (key === null) return { baseUrl, apiKey: noKey };
    const field = 'env' in key ? 'keyEnv' : 'keyFile';
    return { baseUrl, apiKey: readReferred(`LLM_MODELS.${name}.${field}`, key) };
  };
}

/** Servers of one's own take any key, and some want one. */
export const noKey = 'none';
