import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import OpenAI from 'openai';
import { z } from 'zod';
import type { LlmOutcome, LlmRateState, LlmUsage } from '../../../../contracts/core/providers.ts';
import { ProviderError } from '../../provider-error.ts';
import { durationMs } from '../../retry-after.ts';
import { checkAnswer, isStrictSchema, requireCheckable } from './json-schema.ts';
import type { LlmConfig, LlmRequest, LlmSchema } from '../llm-config.ts';
import { llmError } from './llm-failure.ts';

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

/** The part of a completion that is read; what compatible servers leave out may be missing. */
const Completion = z.looseObject({
  model: z.string().optional(),
  choices: z
    .array(
      z.looseObject({
        finish_reason: z.string().nullish(),
        message: z.looseObject({ content: z.string().nullish(), refusal: z.string().nullish() }),
      }),
    )
    .min(1),
  usage: z
    .looseObject({
      prompt_tokens: z.number(),
      completion_tokens: z.number(),
      prompt_tokens_details: z.looseObject({ cached_tokens: z.number().nullish() }).nullish(),
    })
    .nullish(),
});
type Completion = z.infer<typeof Completion>;

/** Creates a client for one service. One client holds one pool of connections: make it once. */
export function createLlmClient(config: LlmConfig): LlmClient {
  const openai = new OpenAI({
    baseURL: config.baseUrl,
    apiKey: config.apiKey,
    // One owner of retries: the activity above. The SDK's own would also ignore a Retry-After above 60 s.
    maxRetries: 0,
    organization: null,
    project: null,
    logLevel: 'off',
  });

  return {
    async complete(request) {
      if (request.jsonSchema !== undefined) requireCheckable(request.jsonSchema);
      const { data, headers } = await call(request, async (signal) => {
        const { data: body, response } = await openai.chat.completions
          .create({ ...paramsOf(config, request), stream: false }, { signal, timeout: request.timeoutMs })
          .withResponse();
        return { data: Completion.safeParse(body), headers: response.headers };
      });
      if (!data.success) {
        const message = 'The reply of the model service is not a completion.';
        throw new ProviderError({ kind: 'transient', code: 'llm.bad_reply', message });
      }
      return outcomeOf(data.data, request, rateStateOf(headers));
    },
    models: (timeoutMs) =>
      call({ timeoutMs }, async (signal) => {
        const { data } = await openai.models.list({ signal, timeout: timeoutMs });
        return data.map((model) => model.id);
      }),
  };
}

/** Runs `work` with a signal that also covers the body of the reply, which the SDK's own time-out does not. */
async function call<Result>(
  limits: { timeoutMs: number; signal?: AbortSignal },
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  limits.signal?.throwIfAborted();
  const deadline = AbortSignal.timeout(limits.timeoutMs);
  const signal = limits.signal === undefined ? deadline : AbortSignal.any([limits.signal, deadline]);
  try {
    return await work(signal);
  } catch (error) {
    limits.signal?.throwIfAborted();
    throw llmError(deadline.aborted ? new OpenAI.APIConnectionTimeoutError() : error, Date.now());
  }
}

function paramsOf(
  config: LlmConfig,
  request: LlmRequest,
): Omit<OpenAI.ChatCompletionCreateParamsNonStreaming, 'stream'> {
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
  };
}

function responseFormat(
  mode: string,
  { name, schema }: LlmSchema,
): Pick<OpenAI.ChatCompletionCreateParams, 'response_format'> {
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

function outcomeOf(completion: Completion, request: LlmRequest, rateState: LlmRateState): LlmOutcome {
  const [choice] = completion.choices;
  const text = choice?.message.content ?? '';
  const about = { model: completion.model ?? request.model, usage: usageOf(completion, request, text), rateState };
  const refusal = choice?.message.refusal;
  if (typeof refusal === 'string' && refusal !== '') return { kind: 'refusal', reason: refusal, ...about };
  if (choice?.finish_reason === 'content_filter') return { kind: 'refusal', reason: 'content_filter', ...about };
  if (choice?.finish_reason === 'length') return { kind: 'truncated', text, ...about };
  if (text.trim() === '') return { kind: 'empty', ...about };
  if (request.jsonSchema === undefined) return { kind: 'answer', text, value: null, ...about };
  const checked = checkAnswer(text, request.jsonSchema);
  if (checked.kind === 'malformed') return { kind: 'malformed', text, problem: checked.problem, ...about };
  return { kind: 'answer', text, value: checked.value, ...about };
}

function usageOf({ usage }: Completion, request: LlmRequest, text: string): LlmUsage {
  if (usage === null || usage === undefined) {
    const inputTokens = request.messages.reduce((sum, message) => sum + countTokens(message.content), 0);
    return { inputTokens, outputTokens: countTokens(text), cachedTokens: 0, isEstimated: true };
  }
  return {
    inputTokens: usage.prompt_tokens,
    outputTokens: usage.completion_tokens,
    cachedTokens: usage.prompt_tokens_details?.cached_tokens ?? 0,
    isEstimated: false,
  };
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
