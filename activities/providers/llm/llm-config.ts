import type { LlmMessage } from '../../../contracts/core/providers.ts';

/** How to reach a server with OpenAI's chat API: OpenAI, Azure, vLLM, Ollama, llama.cpp or the local stub. */
export interface LlmConfig {
  /** Up to and including `/v1`. */
  baseUrl: string;
  apiKey: string;
  /** What the server can enforce for an answer: a schema, JSON of any shape, or only what the prompt asks for. */
  structuredOutput?: 'jsonSchema' | 'jsonObject' | 'prompt';
  /** What the server calls the limit of the answer; older and compatible servers know `max_tokens` alone. */
  maxTokensField?: 'max_completion_tokens' | 'max_tokens';
}

/** A named JSON schema. The name goes to the service: letters, digits, `_` and `-`, 64 at most. */
export interface LlmSchema {
  name: string;
  schema: Record<string, unknown>;
}

/** One question to a model. What stays the same over a batch goes into the first messages. */
export interface LlmRequest {
  model: string;
  messages: LlmMessage[];
  jsonSchema?: LlmSchema;
  maxOutputTokens: number;
  /** The whole call, answer included, ends after this. Must be below the activity's start-to-close time. */
  timeoutMs: number;
  temperature?: number;
  /** Requests with the same key go to the server that has cached their prefix, where the service supports it. */
  cacheKey?: string;
  signal?: AbortSignal;
}
