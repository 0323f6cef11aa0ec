import type { LlmOutcome, LlmRateState, LlmUsage } from '../../../../contracts/core/providers.ts';
import type { ModelProfile } from '../../../../contracts/models/profile.ts';
import { ProviderError } from '../../provider-error.ts';
import { durationMs } from '../../retry-after.ts';
import { countTokens } from '../count-tokens.ts';
import type { LlmConfig, LlmRequest, LlmSchema } from '../llm-config.ts';
import { openModels, type Reply } from './call-models.ts';
import { chatBody, mostTokens, roomIn, type Dialect } from './dialect.ts';
import { checkAnswer, requireCheckable } from './json-schema.ts';
import { afterAnswer, afterRefusal, createDialects } from './learn-dialect.ts';
import { ModelRefusal, replyFailure } from './llm-failure.ts';
import { excerpt, readReply, type Completion } from './read-reply.ts';

/** A language model behind a chat API. */
export interface LlmClient {
  /**
   * Asks once; there are no retries inside. Resolves with what the model said, also if that cannot be used.
   * @throws ProviderError if there was no answer: `transient`, `rateLimited`, `rejected` or `misconfigured`
   * @throws CallAborted if `signal` ended the call, its own reason if it had before
   */
  complete(request: LlmRequest): Promise<LlmOutcome>;
  /** The most tokens that the answer to a request would have now, thoughts included: what has to be reserved for it. */
  mostTokens(request: LlmRequest): number;
  /** How a model is asked for an answer of `schema` now, as far as that has been found out. */
  dialectOf(model: string, schema?: LlmSchema): Dialect;
  /** The models that the service offers. @throws ProviderError as above */
  models(timeoutMs: number): Promise<string[]>;
}

/** A model of which nothing is known but its name. */
const unknown = {
  endpoint: null,
  contextTokens: null,
  outputTokens: null,
  thinkingTokens: 0,
  output: null,
  limit: null,
  params: {},
} satisfies Omit<ModelProfile, 'model'>;

/** More than any server has to refuse: a limit twice, three parameters, roles and four ways of output. */
const mostTries = 12;

/** Creates a client for one service. One client holds one pool of connections and what it has found out: make it once. */
export function createLlmClient(config: LlmConfig): LlmClient {
  const callModels = openModels(config);
  const profileOf = config.profileOf ?? ((model) => ({ model, ...unknown }));
  const dialects = createDialects();
  const dialectOf = (model: string, schema?: LlmSchema): Dialect => dialects.of(model, profileOf(model), schema);

  /** Asks in weaker and weaker dialects until the server takes one. What it refuses costs nothing. */
  async function ask(request: LlmRequest, begun: Dialect): Promise<{ outcome: LlmOutcome; dialect: Dialect }> {
    const profile = profileOf(request.model);
    const endsAt = performance.now() + request.timeoutMs;
    let dialect = begun;
    for (let tries = 1; ; tries += 1) {
      requireRoom(dialect, request);
      const body = chatBody(dialect, request, profile);
      const timeoutMs = Math.max(1, Math.ceil(endsAt - performance.now()));
      try {
        const reply = await callModels({ path: '/chat/completions', body, timeoutMs, signal: request.signal });
        const outcome = outcomeOf(reply, request);
        config.watch?.({ body, refusal: null });
        return { outcome, dialect };
      } catch (error) {
        if (error instanceof ModelRefusal) config.watch?.({ body, refusal: error.failure.words ?? error.message });
        const next = error instanceof ModelRefusal ? afterRefusal(dialect, body, error, request) : null;
        if (next === null || tries === mostTries) throw error;
        dialect = next;
      }
    }
  }

  return {
    async complete(request) {
      if (request.jsonSchema !== undefined) requireCheckable(request.jsonSchema);
      const begun = dialectOf(request.model, request.jsonSchema);
      const { outcome, dialect } = await ask(request, begun);
      dialects.learn(request.model, begun, afterAnswer(dialect, request, outcome), request.jsonSchema);
      return outcome;
    },
    mostTokens: (request) => mostTokens(dialectOf(request.model), request),
    dialectOf,
    async models(timeoutMs) {
      const { body } = await callModels({ path: '/models', timeoutMs });
      return modelIds(body ?? '');
    },
  };
}

/** @throws ProviderError `rejected` where the model's context has no room for the prompt and the answer */
function requireRoom(dialect: Dialect, request: LlmRequest): void {
  if (roomIn(dialect, request) >= request.maxOutputTokens) return;
  const message = `The prompt and its answer need more than the ${dialect.contextTokens} tokens of the model's context.`;
  throw new ProviderError({ kind: 'rejected', code: 'llm.too_long', message });
}

/** @throws ProviderError where the reply is no completion */
function outcomeOf({ body, headers }: Reply, request: LlmRequest): LlmOutcome {
  const rateState = rateStateOf(headers);
  if (body === null) return tooLong(request, rateState);
  const reply = readReply(body);
  if (reply.kind !== 'completion') throw replyFailure(reply, { body, headers }, Date.now());
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
