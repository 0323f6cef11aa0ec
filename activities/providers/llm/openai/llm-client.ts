import type { LlmOutcome, LlmRateState, LlmUsage } from '../../../../contracts/core/providers.ts';
import { ProviderError } from '../../provider-error.ts';
import { durationMs } from '../../retry-after.ts';
import { countTokens } from '../count-tokens.ts';
import type { LlmConfig, LlmRequest, LlmSchema } from '../llm-config.ts';
import { openModels, type Reply } from './call-models.ts';
import { checkAnswer, isStrictSchema, requireCheckable } from './json-schema.ts';
import { replyFailure } from './llm-failure.ts';
import { excerpt, readReply, type Completion } from './read-reply.ts';

/** A language model behind a chat API. */
export interface LlmClient {
  /**
   * Asks once; there are no retries inside. Resolves with what the model said, also if that cannot be used.
   * @throws ProviderError if there was no answer: `transient`, `rateLimited`, `rejected` or `misconfigured`
   * @throws the reason of `signal` if that ended the call
   */
  complete(request: LlmRequest): Promise<LlmOutcome>;
  /** The models that the service offers. @throws ProviderError as above */
  models(timeoutMs: number): Promise<string[]>;
}

/** Creates a client for one service. One client holds one pool of connections: make it once. */
export function createLlmClient(config: LlmConfig): LlmClient {
  const callModels = openModels(config);
  return {
    async complete(request) {
      if (request.jsonSchema !== undefined) requireCheckable(request.jsonSchema);
      const { timeoutMs, signal } = request;
      const reply = await callModels({
        path: '/chat/completions',
        body: paramsOf(config, request),
        timeoutMs,
        signal,
      });
      return outcomeOf(reply, request);
    },
    async models(timeoutMs) {
      const { body } = await callModels({ path: '/models', timeoutMs });
      return modelIds(body ?? '');
    },
  };
}

function paramsOf(config: LlmConfig, request: LlmRequest): Record<string, unknown> {
  const mode = config.structuredOutput ?? 'jsonSchema';
  const { jsonSchema } = request;
  const isTold = jsonSchema !== undefined && mode !== 'jsonSchema';
  return {
    model: request.model,
    messages: isTold ? [...request.messages, { role: 'system', content: schemaInWords(jsonSchema) }] : request.messages,
    [config.maxTokensField ?? 'max_completion_tokens']: request.maxOutputTokens,
    ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
    ...(request.cacheKey === undefined ? {} : { prompt_cache_key: request.cacheKey }),
    ...(jsonSchema === undefined ? {} : responseFormat(mode, jsonSchema)),
    stream: false,
  };
}

function responseFormat(mode: string, { name, schema }: LlmSchema): Record<string, unknown> {
  switch (mode) {
    case 'jsonSchema':
      return {
        response_format: { type: 'json_schema', json_schema: { name, schema, strict: isStrictSchema(schema) } },
      };
    case 'jsonObject':
      return { response_format: { type: 'json_object' } };
    default:
      return {};
  }
}

function schemaInWords({ schema }: LlmSchema): string {
  return `Answer with one JSON object and nothing else. It must satisfy this JSON schema:\n${JSON.stringify(schema)}`;
}

/** @throws ProviderError where the reply is no completion */
function outcomeOf({ body, headers }: Reply, request: LlmRequest): LlmOutcome {
  const rateState = rateStateOf(headers);
  if (body === null) return tooLong(request, rateState);
  const reply = readReply(body);
  if (reply.kind !== 'completion') throw new ProviderError(replyFailure(reply, headers, Date.now()));
  const { text, refusal, end } = reply;
  const said = excerpt(text || refusal || body);
  const about = { model: reply.model ?? request.model, usage: usageOf(reply, request), rateState, said };
  if (refusal !== null) return { kind: 'refusal', reason: refusal, ...about };
  if (end === 'filter') return { kind: 'refusal', reason: 'content_filter', ...about };
  if (request.jsonSchema === undefined) {
    const plain = text || (reply.elsewhere[0] ?? '');
    if (end === 'length') return { kind: 'truncated', text: plain, ...about };
    return plain === '' ? { kind: 'empty', ...about } : { kind: 'answer', text: plain, value: null, ...about };
  }
  // What a model thought before it was cut off holds drafts, not the answer.
  const places = end === 'length' ? [text] : [text, ...reply.elsewhere];
  const checked = checkAnswer(places, request.jsonSchema);
  if (checked.kind === 'ok')
    return { kind: 'answer', text: JSON.stringify(checked.value), value: checked.value, ...about };
  if (end === 'length') return { kind: 'truncated', text, ...about };
  if (places.every((place) => place === '')) return { kind: 'empty', ...about };
  return { kind: 'malformed', text, problem: checked.problem, ...about };
}

/** What is larger than any honest answer was paid for, nobody knows how dearly: all that was allowed is counted. */
function tooLong(request: LlmRequest, rateState: LlmRateState): LlmOutcome {
  const usage = { inputTokens: promptTokens(request), outputTokens: request.maxOutputTokens, cachedTokens: 0 };
  const problem = 'it is larger than 10 MB';
  return {
    kind: 'malformed',
    text: '',
    problem,
    model: request.model,
    usage: { ...usage, isEstimated: true },
    rateState,
    said: '',
  };
}

function usageOf({ usage, text, elsewhere }: Completion, request: LlmRequest): LlmUsage {
  const { inputTokens, outputTokens, cachedTokens } = usage;
  return {
    inputTokens: inputTokens ?? promptTokens(request),
    outputTokens: outputTokens ?? countTokens([text, ...elsewhere].join('\n')),
    cachedTokens,
    isEstimated: inputTokens === null || outputTokens === null,
  };
}

function promptTokens({ messages }: LlmRequest): number {
  return messages.reduce((sum, message) => sum + countTokens(message.content), 0);
}

function modelIds(body: string): string[] {
  try {
    const { data } = JSON.parse(body) as { data?: unknown };
    if (!Array.isArray(data)) return [];
    return data.flatMap((model: { id?: unknown } | null) => (typeof model?.id === 'string' ? [model.id] : []));
  } catch {
    return [];
  }
}

function rateStateOf(headers: Headers): LlmRateState {
  const count = (name: string): number | null => {
    const value = headers.get(`x-ratelimit-remaining-${name}`);
    // Azure sends -1 where it does not know.
    return value !== null && /^\d+$/.test(value) ? Number(value) : null;
  };
  const resets = ['requests', 'tokens'].map((name) => durationMs(headers.get(`x-ratelimit-reset-${name}`)) ?? -1);
  const resetMs = Math.max(...resets);
  return {
    remainingRequests: count('requests'),
    remainingTokens: count('tokens'),
    resetMs: resetMs < 0 ? null : resetMs,
  };
}
