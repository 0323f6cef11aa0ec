import { countTokens } from '../../activities/providers/llm/count-tokens.ts';
import type { Faults } from '../control/faults.ts';
import type { LlmFault } from '../control/faults.schema.ts';
import {
  parseJson,
  startHttpServer,
  type DoubleReply,
  type DoubleRequest,
  type RunningServer,
} from '../control/http-server.ts';
import type { Journal } from '../control/journal.ts';
import { composeAnswer, isContentFault, textsOf, type Answer } from './answer.ts';
import { ChatRequest, defaultLlmSettings, type LlmSettings } from './chat.schema.ts';
import { sha256 } from './seed.ts';
import { createTokenBucket, type TokenBucket } from './token-bucket.ts';

/** The models that the stub offers. */
export const stubModels = ['stub-small', 'stub-large'] as const;

/** The LLM stub and its settings, which may change while it runs. */
export interface LlmDouble extends RunningServer {
  settings(): LlmSettings;
  configure(change: Partial<LlmSettings>): LlmSettings;
}

/** Prefixes of this many tokens and more are cached, in steps of `cacheStep`, as OpenAI documents for its prompt cache. */
const cacheFrom = 1024;
const cacheStep = 128;
/** A batch has one prefix; a few hundred cover all that run at once. */
const maxPrefixes = 500;
/** Output tokens reserved when a request names no limit. */
const defaultReserve = 1_000;
/** How much of the last message the journal keeps: enough to see which row it was and whether it leaks anything. */
const promptExcerptLength = 2_000;

/**
 * Starts an OpenAI-compatible server on loopback: `GET /v1/models` and `POST /v1/chat/completions`. Answers are the same for the
 * same request; every one carries `x-llm-stub: 1`. The journal gets one entry for each answer that was composed.
 */
export async function startLlmDouble(input: { port: number; faults: Faults; journal: Journal }): Promise<LlmDouble> {
  const { faults, journal } = input;
  let settings = { ...defaultLlmSettings };
  let limits = createLimits(settings);
  const prefixTokens = new Map<string, number>();

  async function handle(request: DoubleRequest): Promise<DoubleReply> {
    if (request.headers['authorization'] === undefined) return failure(401, 'invalid_api_key', 'No API key was given.');
    if (request.method === 'GET' && request.url.pathname === '/v1/models') return models();
    if (request.method !== 'POST' || request.url.pathname !== '/v1/chat/completions') {
      return failure(404, 'not_found', `There is nothing at ${request.url.pathname}.`);
    }
    return complete(request.body);
  }

  async function complete(body: string): Promise<DoubleReply> {
    const parsed = ChatRequest.safeParse(parseJson(body));
    if (!parsed.success)
      return failure(400, 'invalid_request_error', parsed.error.issues[0]?.message ?? 'Not a chat request.');
    const chat = parsed.data;
    if (!stubModels.some((model) => model === chat.model))
      return failure(404, 'model_not_found', `No model ${chat.model}.`);
    if (chat.stream === true) return failure(400, 'unsupported_value', 'The stub does not stream.');

    const slow = faults.take({ service: 'llm', text: body, accepts: (fault) => fault.fault === 'slow' });
    if (slow?.fault === 'slow') await sleep(slow.delayMs);
    const broken = faults.take({ service: 'llm', text: body, accepts: (fault) => isBeforeWork(fault) });
    if (broken !== undefined) return transportFailure(broken);

    const texts = textsOf(chat);
    const counted = texts.map(tokensOf);
    // Four tokens a message and three a request are what the chat format itself takes.
    const inputTokens = counted.reduce((sum, { tokens }) => sum + tokens + 4, 3);
    const reserved = inputTokens + (chat.max_completion_tokens ?? chat.max_tokens ?? defaultReserve);
    const refusedForMs = limits.reserve(reserved);
    if (refusedForMs !== undefined) return tooMany(refusedForMs, limits.headers());

    const hash = sha256(JSON.stringify([chat.model, texts, chat.response_format ?? null]));
    const fault = faults.take({ service: 'llm', text: body, accepts: isContentFault });
    const answer = composeAnswer({ request: chat, hash, fault });
    await sleep(settings.latencyMs + settings.latencyPerTokenMs * answer.outputTokens);
    limits.settle(reserved, inputTokens + answer.outputTokens);
    const cachedTokens = counted[0]?.cachedTokens ?? 0;
    const entry = journal.append({
      kind: 'completion',
      key: hash,
      details: {
        model: chat.model,
        inputTokens,
        cachedTokens,
        outputTokens: answer.outputTokens,
        finishReason: answer.finishReason,
        fault: fault?.fault ?? null,
        prompt: (texts.at(-1) ?? '').slice(0, promptExcerptLength),
      },
    });
    const cut = faults.take({ service: 'llm', text: body, accepts: (each) => each.fault === 'cutBody' });
    return {
      status: 200,
      headers: { 'x-llm-stub': '1', 'x-request-id': `req_stub_${entry.seq}`, ...limits.headers() },
      json: completionOf({ chat, answer, inputTokens, cachedTokens, seq: entry.seq, at: entry.at }),
      ...(cut === undefined ? {} : { misbehave: 'cut' }),
    };
  }

  /** Tokens of a message; those of a first message are kept, since a batch sends the same one with every row. */
  function tokensOf(text: string, index: number): { tokens: number; cachedTokens: number } {
    if (index > 0) return { tokens: countTokens(text), cachedTokens: 0 };
    const known = prefixTokens.get(text);
    if (known !== undefined) {
      return { tokens: known, cachedTokens: known < cacheFrom ? 0 : Math.floor(known / cacheStep) * cacheStep };
    }
    const tokens = countTokens(text);
    if (prefixTokens.size >= maxPrefixes) prefixTokens.clear();
    prefixTokens.set(text, tokens);
    return { tokens, cachedTokens: 0 };
  }

  const server = await startHttpServer({ port: input.port, handle });
  return {
    ...server,
    settings: () => ({ ...settings }),
    configure(change) {
      settings = { ...settings, ...change };
      limits = createLimits(settings);
      return { ...settings };
    },
  };
}

function isBeforeWork(fault: LlmFault): boolean {
  return fault.fault === 'status' || fault.fault === 'hang' || fault.fault === 'reset';
}

function transportFailure(fault: LlmFault): DoubleReply {
  if (fault.fault !== 'status') return { status: 200, misbehave: fault.fault === 'hang' ? 'hang' : 'reset' };
  const reply = failure(
    fault.status,
    fault.status === 429 ? 'rate_limit_exceeded' : 'server_error',
    'Refused on purpose.',
  );
  const headers = fault.retryAfterSeconds === undefined ? {} : { 'retry-after': String(fault.retryAfterSeconds) };
  return { ...reply, headers: { ...reply.headers, ...headers } };
}

interface Limits {
  /** Takes one request and `tokens`, or returns for how many milliseconds it must not be tried again. */
  reserve(tokens: number): number | undefined;
  settle(reserved: number, used: number): void;
  headers(): Record<string, string>;
}

function createLimits(settings: LlmSettings): Limits {
  const requests = createTokenBucket({ perMinute: settings.requestsPerMinute, burstSeconds: settings.burstSeconds });
  const tokens = createTokenBucket({ perMinute: settings.tokensPerMinute, burstSeconds: settings.burstSeconds });
  return {
    reserve(amount) {
      const request = requests.take(1);
      if (!request.taken) return request.waitMs;
      const room = tokens.take(amount);
      if (room.taken) return undefined;
      requests.refund(1);
      return room.waitMs;
    },
    settle: (reserved, used) => tokens.refund(reserved - used),
    headers: () => ({ ...bucketHeaders('requests', requests), ...bucketHeaders('tokens', tokens) }),
  };
}

function bucketHeaders(name: string, bucket: TokenBucket): Record<string, string> {
  const { limit, remaining, resetMs } = bucket.look();
  return {
    [`x-ratelimit-limit-${name}`]: String(limit),
    [`x-ratelimit-remaining-${name}`]: String(remaining),
    [`x-ratelimit-reset-${name}`]: resetMs < 1000 ? `${resetMs}ms` : `${resetMs / 1000}s`,
  };
}

function tooMany(waitMs: number, headers: Record<string, string>): DoubleReply {
  const reply = failure(429, 'rate_limit_exceeded', `Rate limit reached. Please try again in ${waitMs}ms.`);
  const waiting = { 'retry-after-ms': String(waitMs), 'retry-after': String(Math.ceil(waitMs / 1000)) };
  return { ...reply, headers: { ...reply.headers, ...headers, ...waiting } };
}

function completionOf(input: {
  chat: ChatRequest;
  answer: Answer;
  inputTokens: number;
  cachedTokens: number;
  seq: number;
  at: string;
}): unknown {
  const { answer } = input;
  return {
    id: `chatcmpl-stub-${input.seq}`,
    object: 'chat.completion',
    created: Math.floor(Date.parse(input.at) / 1000),
    model: input.chat.model,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: answer.content, refusal: answer.refusal },
        logprobs: null,
        finish_reason: answer.finishReason,
      },
    ],
    usage: {
      prompt_tokens: input.inputTokens,
      completion_tokens: answer.outputTokens,
      total_tokens: input.inputTokens + answer.outputTokens,
      prompt_tokens_details: { cached_tokens: input.cachedTokens },
    },
  };
}

function models(): DoubleReply {
  const data = stubModels.map((id) => ({ id, object: 'model', created: 0, owned_by: 'throughline-stub' }));
  return { status: 200, headers: { 'x-llm-stub': '1' }, json: { object: 'list', data } };
}

function failure(status: number, code: string, message: string): DoubleReply {
  const type = status >= 500 ? 'server_error' : status === 429 ? 'requests' : 'invalid_request_error';
  return { status, headers: { 'x-llm-stub': '1' }, json: { error: { message, type, param: null, code } } };
}

async function sleep(delayMs: number): Promise<void> {
  if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
}
