import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { step } from '../support/output.ts';
import { withUsualModel } from './usual-model.ts';

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close().closeAllConnections();
});

/** A service that lists these models to who has its key. */
async function serviceOf(names: readonly string[]): Promise<string> {
  const server = createServer((request, response) => {
    const isAllowed = request.headers.authorization === 'Bearer key-1' && request.url === '/v1/models';
    response.writeHead(isAllowed ? 200 : 401, { 'content-type': 'application/json' });
    const data = names.map((id) => ({ id, object: 'model' }));
    response.end(JSON.stringify(isAllowed ? { object: 'list', data } : { error: { message: 'no such key' } }));
  });
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

const chosen = async (env: Record<string, string>): Promise<string | undefined> =>
  (await withUsualModel(env, env, step))['LLM_MODEL'];

describe('the model of work that names none (issue 13 §6)', () => {
  it.each([
    ['the only one', ['gpt-5-mini'], 'gpt-5-mini'],
    [
      'the first of those that write well for little',
      ['whisper-1', 'gpt-4o', 'gpt-4o-mini', 'gpt-5-mini'],
      'gpt-5-mini',
    ],
    ['one beside what does not write', ['text-embedding-3-small', 'gpt-4.1'], 'gpt-4.1'],
    ['one as Gemini lists it', ['models/gemini-2.5-pro', 'models/gemini-2.5-flash'], 'gemini-2.5-flash'],
  ])('is %s that the service of the two settings offers', async (_, names, model) => {
    const env = { OPENAI_BASE_URL: await serviceOf(names), OPENAI_API_KEY: 'key-1' };
    expect(await chosen(env)).toBe(model);
  });

  it('is the one of LLM_MODEL, and nobody is asked', async () => {
    expect(await chosen({ OPENAI_BASE_URL: 'http://127.0.0.1:9/v1', LLM_MODEL: 'ours' })).toBe('ours');
    expect(await chosen({})).toBeUndefined();
  });

  it.each([
    ['two that write', ['a', 'b'], {}, /LLM_MODEL: say which model of OPENAI_BASE_URL to use: it offers a, b/],
    [
      'one without a price',
      ['qwen3:8b'],
      {},
      /LLM_MODEL: the service offers qwen3:8b alone, which has no price\. Give it/,
    ],
    ['none', [], {}, /LLM_MODEL: the service of OPENAI_BASE_URL names no model/],
    ['none to who has another key', ['gpt-5-mini'], { OPENAI_API_KEY: 'key-2' }, /LLM_MODEL: is not set, and .*401/],
  ])('ends a start with what to set where the service offers %s', async (_, names, change, problem) => {
    const env = { OPENAI_BASE_URL: await serviceOf(names), OPENAI_API_KEY: 'key-1', ...change };
    await expect(chosen(env)).rejects.toThrow(problem);
  });

  it('has no price of its own where its tokens are counted, or the settings have it', async () => {
    const env = { OPENAI_BASE_URL: await serviceOf(['qwen3:8b']), OPENAI_API_KEY: 'key-1' };
    expect(await chosen({ ...env, LLM_UNPRICED: 'count' })).toBe('qwen3:8b');
    expect(await chosen({ ...env, LLM_MODELS: '{"qwen3:8b":{"price":"free"}}' })).toBe('qwen3:8b');
  });
});
