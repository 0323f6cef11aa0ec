import type { LlmMessage } from '../../../contracts/core/providers.ts';
import type { ModelProfile } from '../../../contracts/models/profile.ts';
import type { OwnHosts } from '../../../platform/models/own-address.ts';

/** How to reach a server with OpenAI's chat API: OpenAI, Azure, vLLM, Ollama, llama.cpp or the local stub. */
export interface LlmConfig {
  /** Up to and including `/v1`. */
  baseUrl: string;
  apiKey: string;
  /** Holds the address to the internet and what the operator allows, where a workspace has given it. */
  hosts?: OwnHosts;
  /** What is known of a model; without it everything is found out. */
  profileOf?: (model: string) => ModelProfile;
  /** Sees each request that was answered or refused; `refusal` is null, or why in the server's words. */
  watch?: (tried: TriedRequest) => void;
}

/** One request of a call: the same question may need several, each put in another way. */
export type TriedRequest = { body: Readonly<Record<string, unknown>>; refusal: string | null };

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
  /** The most tokens of the answer. A model that thinks gets room for its thoughts beyond it, `mostOutputTokens` with them where given. */
  maxOutputTokens: number;
  mostOutputTokens?: number;
  /** The whole call, answer included, ends after this. Must be below the activity's start-to-close time. */
  timeoutMs: number;
  /** Requests with the same key go to the server that has cached their prefix, where the service supports it. */
  cacheKey?: string;
  signal?: AbortSignal;
}
