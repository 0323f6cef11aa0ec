import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LLMock } from '@copilotkit/aimock';
import { afterAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { closedPort } from '../../../../local/control/closed-port.ts';
import { startDoubles } from '../../../../local/control/doubles.ts';
import { llmCostMicros, type LlmOutcome } from '../../../../contracts/core/providers.ts';
import { mayBePaid, ProviderError } from '../../provider-error.ts';
import { createLlmClient, type LlmClient } from './llm-client.ts';
import type { LlmRequest } from '../llm-config.ts';

const doubles = await startDoubles();
const client = createLlmClient({ baseUrl: doubles.urls.llm, apiKey: 'sk-test' });
afterAll(() => doubles.stop());
beforeEach(() => doubles.control.reset());

const Letter = z.strictObject({ subject: z.string().max(80), body: z.string(), confidence: z.number().min(0).max(1) });
const letter = { name: 'letter', schema: { ...z.toJSONSchema(Letter) } };
const row = { firstName: 'Ana', plan: 'Gold', premium: 318.2 };

function ask(change: Partial<LlmRequest> = {}, via: LlmClient = client): Promise<LlmOutcome> {
  return via.complete({
    model: 'stub-small',
    messages: [
      { role: 'system', content: 'You write renewal letters.' },
      { role: 'user', content: `Write the letter for ${JSON.stringify({ row })}` },
    ],
    jsonSchema: letter,
    maxOutputTokens: 800,
    timeoutMs: 30_000,
    ...change,
  });
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof ProviderError ? error.failure : error;
}

describe('answers', () => {
  it('brings a value that satisfies the schema, is about the row, and is the same for the same question', async () => {
    const outcome = await ask();
    if (outcome.kind !== 'answer') throw new Error(outcome.kind);
    const value = Letter.parse(outcome.value);
    expect(value.body).toContain('Ana');
    expect(value.body).toContain('318.2');
    expect(outcome.usage.inputTokens).toBeGreaterThan(20);
    expect(outcome.usage.outputTokens).toBeGreaterThan(20);
    expect(outcome.usage.isEstimated).toBe(false);
    expect(outcome.model).toBe('stub-small');
    expect(outcome.rateState.remainingRequests).toBeGreaterThan(0);
    expect(await ask()).toMatchObject({ text: outcome.text });
  });

  it('brings plain text where no schema was asked for', async () => {
    const { jsonSchema: _none, ...plain } = {
      jsonSchema: letter,
      messages: [{ role: 'user' as const, content: JSON.stringify(row) }],
    };
    const outcome = await client.complete({ model: 'stub-large', maxOutputTokens: 500, timeoutMs: 30_000, ...plain });
    expect(outcome).toMatchObject({ kind: 'answer', value: null, text: expect.stringContaining('Ana') });
  });

  it('reports the cached part of a long prefix from the second call on', async () => {
    const messages = [
      { role: 'system' as const, content: 'Keep to the house style. '.repeat(400) },
      { role: 'user' as const, content: JSON.stringify(row) },
    ];
    expect((await ask({ messages })).usage.cachedTokens).toBe(0);
    const again = await ask({ messages });
    expect(again.usage.cachedTokens).toBeGreaterThanOrEqual(1024);
    expect(again.usage.cachedTokens % 128).toBe(0);
    const price = { inputMicros: 150_000, cachedInputMicros: 75_000, outputMicros: 600_000 };
    expect(llmCostMicros(again.usage, price)).toBeLessThan(llmCostMicros({ ...again.usage, cachedTokens: 0 }, price));
  });

  it('lists the models', async () => {
    expect(await client.models(1_000)).toEqual(['stub-small', 'stub-large']);
  });
});

type ContentFault = 'wrongSchema' | 'cutContent' | 'refusal' | 'contentFilter' | 'empty' | 'length';

describe('answers that cannot be used', () => {
  const rows: [ContentFault, LlmOutcome['kind']][] = [
    ['wrongSchema', 'malformed'],
    ['cutContent', 'malformed'],
    ['refusal', 'refusal'],
    ['contentFilter', 'refusal'],
    ['empty', 'empty'],
    ['length', 'truncated'],
  ];
  it.each(rows)('%s is %s, with its usage, and the next answer is whole', async (fault, kind) => {
    await doubles.control.addFault({ service: 'llm', fault, count: 1 });
    const outcome = await ask();
    expect(outcome.kind).toBe(kind);
    expect(outcome.usage.inputTokens).toBeGreaterThan(0);
    expect((await ask()).kind).toBe('answer');
  });

  it('names the place where a malformed answer breaks', async () => {
    await doubles.control.addFault({ service: 'llm', fault: 'wrongSchema' });
    expect(await ask()).toMatchObject({ problem: expect.stringMatching(/subject|answer/) });
  });

  it.each([
    ['placeholder', '{{firstName}}'],
    ['inventedNumber', '48,213.77'],
  ] as const)('%s passes the schema and is left for the checks of content', async (fault, trace) => {
    await doubles.control.addFault({ service: 'llm', fault, count: 1 });
    const outcome = await ask();
    expect(outcome).toMatchObject({ kind: 'answer', text: expect.stringContaining(trace) });
  });

  it('can leak a text of the tester’s choice', async () => {
    await doubles.control.addFault({ service: 'llm', fault: 'insertText', text: 'bob@example.com' });
    expect(await ask()).toMatchObject({ kind: 'answer', text: expect.stringContaining('bob@example.com') });
  });

  it('is truncated when the answer is longer than allowed', async () => {
    expect((await ask({ maxOutputTokens: 5 })).kind).toBe('truncated');
  });
});

describe('no answer', () => {
  it.each([
    [
      '429 with Retry-After',
      { status: 429, retryAfterSeconds: 7 },
      { kind: 'rateLimited', code: 'llm.rate_limited', retryAfterMs: 7_000 },
    ],
    [
      '429 with a Retry-After above a minute',
      { status: 429, retryAfterSeconds: 600 },
      { kind: 'rateLimited', retryAfterMs: 600_000 },
    ],
    ['429 without Retry-After', { status: 429 }, { kind: 'rateLimited', retryAfterMs: null }],
    ['500', { status: 500 }, { kind: 'transient', code: 'llm.unavailable' }],
    ['503', { status: 503 }, { kind: 'transient', code: 'llm.unavailable' }],
    ['503 with Retry-After', { status: 503, retryAfterSeconds: 2 }, { kind: 'rateLimited', retryAfterMs: 2_000 }],
    ['529', { status: 529 }, { kind: 'transient' }],
    ['401', { status: 401 }, { kind: 'misconfigured', code: 'llm.unauthorised' }],
    ['400', { status: 400 }, { kind: 'rejected', code: 'llm.invalid_request' }],
  ])('%s', async (_name, http, expected) => {
    await doubles.control.addFault({ service: 'llm', fault: 'status', ...http });
    expect(await failureOf(ask())).toMatchObject(expected);
    // One request each: no layer below the activity retries.
    expect(doubles.journals.llm.entries()).toHaveLength(0);
  });

  it.each([
    ['hang', 'llm.timeout'],
    ['reset', 'llm.connection'],
    ['cutBody', 'llm.connection'],
  ] as const)('%s is transient, %s', async (fault, code) => {
    await doubles.control.addFault({ service: 'llm', fault, count: 1 });
    expect(await failureOf(ask(fault === 'hang' ? { timeoutMs: 300 } : {}))).toMatchObject({ kind: 'transient', code });
    expect((await ask()).kind).toBe('answer');
  });

  it('times out over the body too, and not only over the headers', async () => {
    const dripping = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"choices":');
    });
    await new Promise<void>((resolve) => dripping.listen(0, '127.0.0.1', () => resolve()));
    const { port } = dripping.address() as AddressInfo;
    const slow = createLlmClient({ baseUrl: `http://127.0.0.1:${port}/v1`, apiKey: 'k' });
    expect(await failureOf(ask({ timeoutMs: 200 }, slow))).toMatchObject({ kind: 'transient', code: 'llm.timeout' });
    dripping.closeAllConnections();
    dripping.close();
  });

  it.each([
    ['text/html', '<html>Bad gateway</html>'],
    ['application/json', '{"choices":[]}'],
    ['application/json', '{"choices":'],
    ['application/json', ''],
  ])('calls %s %s from a broken server a bad reply', async (contentType, body) => {
    const server = createServer((_request, response) =>
      response.writeHead(200, { 'content-type': contentType }).end(body),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    const { port } = server.address() as AddressInfo;
    const broken = createLlmClient({ baseUrl: `http://127.0.0.1:${port}/v1`, apiKey: 'k' });
    expect(await failureOf(ask({}, broken))).toMatchObject({ kind: 'transient', code: 'llm.bad_reply' });
    server.closeAllConnections();
    server.close();
  });

  it.each([
    [
      'zed#57122, a 422 of Mistral',
      422,
      '{"object":"error","message":"max_completion_tokens: extra inputs"}',
      'llm.invalid_request',
    ],
    ['a 422 of FastAPI', 422, '{"detail":[{"msg":"extra inputs"}]}', 'llm.invalid_request'],
    [
      'litellm#37592, no credit as a 400',
      400,
      '{"error":{"message":"Your credit balance is too low: extra inputs"}}',
      'llm.quota_spent',
    ],
    ['a page of a proxy', 403, '<h1>extra inputs</h1>', 'llm.unauthorised'],
    [
      'an error with status 200',
      200,
      '{"error":{"message":"extra inputs","code":"rate_limit_exceeded"}}',
      'llm.rate_limited',
    ],
  ])('keeps the words of the service: %s', async (_name, status, body, code) => {
    const failure = await failureOf(ask({}, await serving(status, body)));
    expect(failure).toMatchObject({
      code,
      words: expect.stringContaining('extra inputs'),
      message: expect.not.stringContaining('extra'),
    });
  });

  it('refuses an answer that is larger than 10 MB, and counts it as paid', async () => {
    const huge = JSON.stringify({ choices: [{ message: { content: 'x'.repeat(10_000_001) } }] });
    expect(await ask({ maxOutputTokens: 700 }, await serving(200, huge))).toMatchObject({
      kind: 'malformed',
      usage: { outputTokens: 700, isEstimated: true },
    });
  });

  it('counts marks of the encoding in a row as words', async () => {
    const messages = [{ role: 'user' as const, content: 'A row with <|endoftext|> in it' }];
    const outcome = await ask({ messages }, await serving(200, '{"choices":[{"message":{"content":"x"}}]}'));
    expect(outcome.usage).toMatchObject({ isEstimated: true, inputTokens: expect.any(Number) });
  });

  it('is transient when nobody listens, and misconfigured for an unknown model', async () => {
    const nobody = createLlmClient({ baseUrl: `http://127.0.0.1:${await closedPort()}/v1`, apiKey: 'k' });
    expect(await failureOf(ask({}, nobody))).toMatchObject({ kind: 'transient', code: 'llm.connection' });
    expect(await failureOf(ask({ model: 'gpt-unknown' }))).toMatchObject({
      kind: 'misconfigured',
      code: 'llm.unknown_model',
    });
  });

  it('throws the reason of the caller who gave up, marked where the model was at work', async () => {
    await doubles.control.addFault({ service: 'llm', fault: 'hang' });
    const reason = new Error('the run has exited');
    const late = await failureOf(ask({ signal: AbortSignal.timeout(50) }));
    expect(late).toMatchObject({ name: 'CallAborted', cause: { name: 'TimeoutError' } });
    expect(mayBePaid(late)).toBe(true);
    expect(await failureOf(ask({ signal: AbortSignal.abort(reason) }))).toBe(reason);
  });

  it('refuses a schema that it cannot check, before anybody pays for the answer twice', async () => {
    const jsonSchema = {
      name: 'odd',
      schema: { type: 'object', properties: { a: { $ref: 'https://example.com/elsewhere' } }, required: ['a'] },
    };
    expect(await failureOf(ask({ jsonSchema }))).toMatchObject({ kind: 'rejected', code: 'llm.invalid_schema' });
    expect(doubles.journals.llm.entries()).toHaveLength(0);
  });
});

/** A client of a server that answers everything alike; it ends with the test. */
async function serving(status: number, body: string): Promise<LlmClient> {
  const server = createServer((_request, response) => response.writeHead(status).end(body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return createLlmClient({ baseUrl: `http://127.0.0.1:${port}/v1`, apiKey: 'k' });
}

describe('rate limits of the stub', () => {
  it('refuses what is above the requests per minute, and says how long', async () => {
    // Two at once; the next one comes ten seconds later.
    await doubles.control.configureLlm({ requestsPerMinute: 6, burstSeconds: 20 });
    const outcomes = await Promise.all(Array.from({ length: 4 }, () => failureOf(ask())));
    const refused = outcomes.filter((each) => each !== undefined);
    expect(refused).toHaveLength(2);
    expect(refused[0]).toMatchObject({ kind: 'rateLimited', retryAfterMs: expect.any(Number) });
  });

  it('counts prompt and allowed answer against the tokens per minute, and returns what was not used', async () => {
    await doubles.control.configureLlm({ tokensPerMinute: 1_000, burstSeconds: 60 });
    expect((await ask({ maxOutputTokens: 800 })).kind).toBe('answer');
    expect((await ask({ maxOutputTokens: 400 })).kind).toBe('answer');
    // An amount above the capacity is taken as the whole of it.
    expect(await failureOf(ask({ maxOutputTokens: 2_000 }))).toMatchObject({ kind: 'rateLimited' });
    expect((await ask({ maxOutputTokens: 300 })).kind).toBe('answer');
  });
});

it('agrees with an independent mock of the same API', async () => {
  const mock = new LLMock({ port: 0 });
  mock.onMessage(/renewal letter|Write the letter/, {
    content: JSON.stringify({ subject: 'Hi', body: 'Dear Ana', confidence: 0.9 }),
  });
  await mock.start();
  const other = createLlmClient({ baseUrl: `${mock.url}/v1`, apiKey: 'mock' });
  const outcome = await ask({ model: 'gpt-4o' }, other);
  expect(outcome).toMatchObject({ kind: 'answer', value: { subject: 'Hi', body: 'Dear Ana', confidence: 0.9 } });
  await mock.stop();
});
