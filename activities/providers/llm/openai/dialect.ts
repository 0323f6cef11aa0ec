import type { JsonObject } from '../../../../contracts/core/json.ts';
import type { LlmMessage } from '../../../../contracts/core/providers.ts';
import type { LimitField, ModelProfile, OutputMode } from '../../../../contracts/models/profile.ts';
import { countTokens } from '../count-tokens.ts';
import type { LlmRequest, LlmSchema } from '../llm-config.ts';
import { isStrictSchema } from './json-schema.ts';

/**
 * How one server is spoken to for one model. It begins as OpenAI's own API is documented, or as the settings say, and only ever gets
 * weaker: `learn-dialect.ts` says how. Lengths are tokens; null means that no bound is known.
 */
export type Dialect = {
  output: OutputMode;
  /** Whether a schema may be marked as strict. */
  isStrict: boolean;
  /** Whether the schema stands in the prompt too, as the server does not keep answers to it. */
  isTold: boolean;
  limit: LimitField | 'none';
  /** Whether the server knows the role `system`, and several messages of one role in a row. */
  hasRoles: boolean;
  /** Parameters that the server refuses. */
  without: readonly string[];
  thinkingTokens: number;
  outputTokens: number | null;
  contextTokens: number | null;
};

/** The body of a request. */
export type ChatBody = Readonly<Record<string, unknown>>;

/** How a model is spoken to before anything was found out. */
export function firstDialect({ output, limit, thinkingTokens, outputTokens, contextTokens }: ModelProfile): Dialect {
  return {
    output: output ?? 'json_schema',
    isStrict: true,
    isTold: false,
    limit: limit ?? 'max_completion_tokens',
    hasRoles: true,
    without: [],
    thinkingTokens,
    outputTokens,
    contextTokens,
  };
}

/** The body of a request in a dialect. */
export function chatBody(dialect: Dialect, request: LlmRequest, { model, params }: ModelProfile): ChatBody {
  const { jsonSchema, cacheKey } = request;
  const body: Record<string, unknown> = {
    model,
    messages: messagesIn(dialect, request),
    ...(dialect.limit === 'none' ? {} : { [dialect.limit]: mostTokens(dialect, request) }),
    ...(cacheKey === undefined ? {} : { prompt_cache_key: cacheKey }),
    ...(jsonSchema === undefined ? {} : asked(dialect, jsonSchema)),
    stream: false,
    ...params,
  };
  return Object.fromEntries(Object.entries(body).filter(([name]) => !dialect.without.includes(name)));
}

/** The most tokens that the answer to a request may have, thoughts included. */
export function mostTokens(dialect: Dialect, request: LlmRequest): number {
  const { maxOutputTokens, mostOutputTokens = Infinity } = request;
  const { thinkingTokens, outputTokens } = dialect;
  const room = Math.max(maxOutputTokens, Math.floor(roomIn(dialect, request, tokenizerMargin)));
  return Math.min(maxOutputTokens + thinkingTokens, outputTokens ?? Infinity, mostOutputTokens, room);
}

/** Tokens of a prompt by another model's encoding, for one of ours. */
const tokenizerMargin = 1.2;

/** Tokens that the model's context leaves to an answer, where a prompt of the request's length takes `margin` as many as by our count. */
export function roomIn(dialect: Dialect, { messages, jsonSchema, maxOutputTokens }: LlmRequest, margin = 1): number {
  const { contextTokens, thinkingTokens } = dialect;
  if (contextTokens === null) return Infinity;
  const texts = [...messages.map(({ content }) => content), JSON.stringify(jsonSchema ?? '')];
  // No token is shorter than a byte of UTF-8, and no character longer than three for each of its units: short prompts need not be counted.
  const mostBytes = texts.reduce((sum, text) => sum + 3 * text.length, 0);
  if (mostBytes * margin + maxOutputTokens + thinkingTokens <= contextTokens) return Infinity;
  return contextTokens - margin * texts.reduce((sum, text) => sum + countTokens(text), 0);
}

function asked({ output, isStrict }: Dialect, { name, schema }: LlmSchema): JsonObject {
  switch (output) {
    case 'json_schema': {
      const strict = isStrict && isStrictSchema(schema);
      return { response_format: { type: 'json_schema', json_schema: { name, schema: schema as JsonObject, strict } } };
    }
    case 'json_object':
      return { response_format: { type: 'json_object' } };
    case 'tool':
      return {
        tools: [{ type: 'function', function: { name, parameters: schema as JsonObject } }],
        tool_choice: { type: 'function', function: { name } },
      };
    case 'text':
      return {};
  }
}

function messagesIn(dialect: Dialect, { messages, jsonSchema }: LlmRequest): LlmMessage[] {
  const isTold = dialect.isTold || dialect.output === 'json_object' || dialect.output === 'text';
  const told = jsonSchema === undefined || !isTold ? messages : withSchema(messages, jsonSchema);
  return dialect.hasRoles ? told : inTurns(told);
}

/** The schema goes into the first message, which stays the same over a batch; the last one has to be the user's. */
function withSchema(messages: readonly LlmMessage[], { schema }: LlmSchema): LlmMessage[] {
  const words = `Answer with one JSON object and nothing else. It must satisfy this JSON schema:\n${JSON.stringify(schema)}`;
  const [first, ...rest] = messages;
  if (first?.role !== 'system') return [{ role: 'system', content: words }, ...messages];
  return [{ role: 'system', content: `${first.content}\n\n${words}` }, ...rest];
}

/** Messages of user and model in turns, the user's first: what chat templates of small models can put in order. */
function inTurns(messages: readonly LlmMessage[]): LlmMessage[] {
  const turns: LlmMessage[] = [];
  for (const { role, content } of messages) {
    const speaker = role === 'system' ? 'user' : role;
    const last = turns.at(-1);
    if (last?.role !== speaker) turns.push({ role: speaker, content });
    else turns.splice(-1, 1, { role: speaker, content: `${last.content}\n\n${content}` });
  }
  return turns;
}
