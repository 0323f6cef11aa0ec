import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import type { LlmRequest } from '../../activities/providers/llm/llm-config.ts';
import { createLlmClient, type LlmClient } from '../../activities/providers/llm/openai/llm-client.ts';
import { ProviderError } from '../../activities/providers/provider-error.ts';
import { llmCostMicros, type LlmOutcome } from '../../contracts/core/providers.ts';
import type { ModelEntry } from '../../contracts/models/model.schema.ts';
import { createModelRegistry } from '../../platform/models/model-registry.ts';
import { serveDialect, type DialectServer, type ServerDialect } from './dialect-server.ts';
import { dialects } from './dialects.ts';

const Letter = z.strictObject({ subject: z.string(), body: z.string() });
const price = { input: 2, output: 8, date: '2026-11-01' };

type Entry = Omit<ModelEntry, 'price'>;

const ask = (client: LlmClient, change: Partial<LlmRequest> = {}): Promise<LlmOutcome> =>
  client.complete({
    model: 'm',
    messages: [
      { role: 'system', content: 'You write renewal letters.' },
      { role: 'user', content: JSON.stringify({ row: { firstName: 'Ana', plan: 'Gold' } }) },
    ],
    jsonSchema: { name: 'letter', schema: { ...z.toJSONSchema(Letter) } },
    maxOutputTokens: 240,
    timeoutMs: 30_000,
    cacheKey: 'batch-1',
    ...change,
  });

async function speaking(
  dialect: ServerDialect,
  entry: Entry = {},
): Promise<{ server: DialectServer; client: LlmClient; costMicros(outcome: LlmOutcome): number }> {
  const server = await serveDialect(dialect);
  onTestFinished(() => server.close());
  const models = createModelRegistry({ LLM_MODELS: { m: { price, ...entry } }, LLM_UNPRICED: 'refuse' });
  const { profileOf } = models;
  const perToken = models.priceOf('m') ?? expect.unreachable();
  return {
    server,
    client: createLlmClient({ baseUrl: server.url, apiKey: 'k', profileOf }),
    costMicros: ({ usage }) => llmCostMicros(usage, perToken),
  };
}

/** How often each server refuses a first question, and how often it is paid until an answer can be used. */
const found: Readonly<Record<string, [refusals: number, answers: number, entry?: Entry]>> = {
  OpenAI: [0, 1],
  'an OpenAI model that thinks': [2, 2, { limit: 'max_tokens', params: { temperature: 0.2 } }],
  'Azure AI Foundry': [1, 1],
  Mistral: [2, 1],
  'vLLM of 2024 with a template without a system role': [3, 1],
  'vLLM with a model that thinks and a short context': [1, 1, { thinking: 4_096 }],
  'Ollama with a model that thinks': [0, 1],
  'llama.cpp with a schema that makes no grammar': [2, 1],
  DeepSeek: [2, 1],
  'a server that knows tools alone': [3, 1],
  'Gemini through its OpenAI endpoint': [1, 2],
  'Claude through its OpenAI endpoint': [1, 2],
  'a server of plain text': [6, 1],
  'LM Studio': [1, 1, { output: 'json_object' }],
  'a proxy that streams unasked': [0, 1],
};

describe('each kind of server gives an answer that can be used, with what it cost', () => {
  it.each(dialects.map((dialect) => [dialect.name, dialect.source, dialect] as const))(
    '%s (%s)',
    async (name, _, dialect) => {
      const [refusals, answers, entry] = found[name] ?? expect.unreachable(name);
      const { server, client, costMicros } = await speaking(dialect, entry);
      let outcome = await ask(client);
      // What those who ask do too: once more.
      if (outcome.kind !== 'answer') outcome = await ask(client);
      expect(outcome.kind).toBe('answer');
      if (outcome.kind !== 'answer') return;
      expect(Letter.parse(outcome.value).body).toContain('Ana');
      expect([server.refused(), server.answered.length]).toEqual([refusals, answers]);
      const said = server.answered.at(-1)?.said ?? expect.unreachable();
      expect(outcome.usage).toMatchObject({ inputTokens: said.inputTokens, outputTokens: said.outputTokens });
      const cached = outcome.usage.cachedTokens;
      expect(costMicros(outcome)).toBe(2 * said.inputTokens + 8 * said.outputTokens);
      expect(cached).toBe(name === 'DeepSeek' ? Math.min(64, said.inputTokens) : 0);
      // What was found out is kept: from now on one request is one answer.
      expect((await ask(client)).kind).toBe('answer');
      expect([server.refused(), server.answered.length]).toEqual([refusals, answers + 1]);
    },
  );

  it('has a row for each of them', () => {
    expect(Object.keys(found)).toEqual(dialects.map(({ name }) => name));
  });
});

const byName = (name: string): ServerDialect => dialects.find((each) => each.name === name) ?? expect.unreachable(name);

describe('what is found out', () => {
  it('is a limit that the server does not read: the other one is sent from then on', async () => {
    const { server, client } = await speaking({ name: 'x', source: 'llama-cpp-python#1907', limits: ['max_tokens'] });
    const first = await ask(client, { maxOutputTokens: 10 });
    expect(first.usage.outputTokens).toBeGreaterThan(21);
    expect((await ask(client, { maxOutputTokens: 10 })).kind).toBe('truncated');
    expect(server.answered[1]?.body).toMatchObject({ max_tokens: 10 });
  });

  it('is the most tokens that an answer may have', async () => {
    const { server, client } = await speaking(
      {
        name: 'x',
        source: 'api.anthropic.com: max_tokens: 200000 > 64000, which is the maximum allowed number of output tokens',
        refuses: (body) =>
          Number(body['max_completion_tokens']) > 512
            ? [
                400,
                {
                  error: {
                    message: `max_completion_tokens is too large: ${String(body['max_completion_tokens'])}. This model supports at most 512 completion tokens.`,
                  },
                },
              ]
            : null,
      },
      { thinking: 4_096 },
    );
    expect((await ask(client)).kind).toBe('answer');
    expect(server.answered[0]?.body).toMatchObject({ max_completion_tokens: 512 });
  });

  it('is what the prompt and its answer may have together; what is longer is refused before it is sent', async () => {
    const { server, client } = await speaking(byName('OpenAI'), { context: 1_000 });
    const messages = [{ role: 'user' as const, content: 'word '.repeat(900) }];
    await expect(ask(client, { messages })).rejects.toMatchObject({
      failure: { kind: 'rejected', code: 'llm.too_long' },
    });
    expect([server.refused(), server.answered.length]).toEqual([0, 0]);
    expect((await ask(client)).kind).toBe('answer');
  });

  it('is what has to be reserved: the room for thoughts that a cut-off answer asked for', async () => {
    const { client } = await speaking(byName('Gemini through its OpenAI endpoint'));
    const request: LlmRequest = { model: 'm', messages: [], maxOutputTokens: 240, timeoutMs: 1 };
    expect(client.mostTokens(request)).toBe(240);
    expect((await ask(client)).kind).toBe('truncated');
    expect(client.mostTokens(request)).toBe(240 + 4_096);
    expect(client.mostTokens({ ...request, mostOutputTokens: 1_000 })).toBe(1_000);
  });

  it('belongs to one model', async () => {
    const { server, client } = await speaking({
      name: 'x',
      source: 'zed#52000: one deployment refuses it, another on the same resource does not',
      refuses: (body) =>
        body.model === 'm' && 'prompt_cache_key' in body
          ? [400, { error: { message: 'Unknown: prompt_cache_key' } }]
          : null,
    });
    await ask(client);
    await ask(client, { model: 'other' });
    expect(server.answered.map(({ body }) => 'prompt_cache_key' in body)).toEqual([false, true]);
  });
});

describe('a refusal that is not about how the request was put', () => {
  it.each([
    ['of a wrong request', 400, { error: { message: 'Bad request' } }, 'llm.invalid_request'],
    ['of an empty body', 400, {}, 'llm.invalid_request'],
    [
      'of content',
      400,
      { error: { code: 'content_filter', message: 'Your json_schema is odd' } },
      'llm.content_filter',
    ],
    [
      'for want of credit',
      400,
      { error: { message: 'Your credit balance is too low for response_format' } },
      'llm.quota_spent',
    ],
    ['of the key', 401, { error: { message: 'prompt_cache_key' } }, 'llm.unauthorised'],
    [
      'of a prompt that is too long',
      400,
      { error: { message: 'maximum context length is 20 tokens' } },
      'llm.too_long',
    ],
  ])('is made once: %s', async (_, status, body, code) => {
    const { server, client } = await speaking({ name: 'x', source: 'none', refuses: () => [status, body] });
    await expect(ask(client)).rejects.toMatchObject({ failure: { code } });
    expect(server.refused()).toBe(1);
  });

  it('ends where a server names everything that it is sent, with its words', async () => {
    const { server, client } = await speaking({
      name: 'x',
      source: 'none',
      refuses: (body) => [400, { error: { message: `No to ${Object.keys(body).join(' and ')}, nor at most 100` } }],
    });
    const error: unknown = await ask(client).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ProviderError);
    expect(error).toMatchObject({ failure: { code: 'llm.invalid_request', words: expect.stringContaining('No to') } });
    expect(server.refused()).toBeLessThanOrEqual(12);
  });
});
