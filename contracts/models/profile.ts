import type { JsonObject } from '../core/json.ts';

/** How a server can be asked for an answer of a schema, from what binds it most to what only asks. */
export const outputModes = ['json_schema', 'json_object', 'tool', 'text'] as const;
export type OutputMode = (typeof outputModes)[number];

/** What servers call the most tokens of an answer. */
export const limitFields = ['max_completion_tokens', 'max_tokens'] as const;
export type LimitField = (typeof limitFields)[number];

/** Those who sell models of their own under an endpoint with OpenAI's chat API. */
export const vendors = ['openai', 'anthropic', 'gemini', 'mistral'] as const;
export type Vendor = (typeof vendors)[number];

/** Where a model is served, its key by reference: by who sells it, or at an address of its own. Null: where OPENAI_BASE_URL says. */
export type ModelEndpoint =
  { kind: 'vendor'; vendor: Vendor } | { kind: 'own'; url: string; key: { env: string } | { file: string } | null };

/** What is known of a model before it is asked; null and missing parts are found out by asking. Lengths are tokens. */
export type ModelProfile = {
  /** Its name at the service. */
  model: string;
  endpoint: ModelEndpoint | null;
  /** Most tokens of a prompt and its answer together. */
  contextTokens: number | null;
  /** Most tokens of an answer, thoughts included. */
  outputTokens: number | null;
  /** Room for what the model thinks, beyond its answer; 0 where it does not think. */
  thinkingTokens: number;
  output: OutputMode | null;
  limit: LimitField | null;
  /** Fields of each request, until the server refuses them. */
  params: JsonObject;
};
