import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ConfigError, readSettings } from '../../../../platform/config.ts';
import { createModelRegistry } from '../../../../platform/models/model-registry.ts';
import { modelSettings } from '../../../../platform/models/settings.ts';
import { serveDialect } from '../../../../test/real/dialect-server.ts';
import { createEndpoints } from './endpoints.ts';
import { openai } from './provider.ts';
import { openaiSettings } from './settings.ts';

const usual = { OPENAI_BASE_URL: 'https://usual.example/v1', OPENAI_API_KEY: 'usual' };

function endpointOf(name: string, models: object, env: Record<string, string> = {}): unknown {
  const registry = createModelRegistry(readSettings(modelSettings, { LLM_MODELS: JSON.stringify(models) }));
  return createEndpoints(readSettings(openaiSettings, { ...usual, ...env }))(name, registry.profileOf(name).endpoint);
}

function keyFile(content: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'key-')), 'key');
  writeFileSync(file, content);
  return file;
}

describe('a model is asked where it is served', () => {
  const url = 'http://10.0.0.7:8000/v1';
  const at = { baseUrl: 'https://usual.example/v1', apiKey: 'usual' };

  it.each<[string, string, object, Record<string, string>, object]>([
    ['one that stands nowhere', 'any', {}, {}, at],
    ['one of OpenAI', 'gpt-4o', {}, {}, at],
    ['one of Anthropic without a key of theirs, as through a proxy', 'claude-sonnet-5', {}, {}, at],
    [
      'one of Anthropic with their key',
      'claude-sonnet-5',
      {},
      { ANTHROPIC_API_KEY: 'a' },
      { baseUrl: 'https://api.anthropic.com/v1', apiKey: 'a' },
    ],
    [
      'one of Google',
      'gemini-2.5-flash',
      {},
      { GEMINI_API_KEY: 'g' },
      { baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai', apiKey: 'g' },
    ],
    ['one of Mistral', 'mistral-large-latest', {}, { MISTRAL_API_KEY: 'm' }, { baseUrl: 'https://api.mistral.ai/v1' }],
    ['one with an address of its own', 'a', { a: { url } }, {}, { baseUrl: url }],
    ['one with a key in a file', 'a', { a: { url, keyFile: keyFile('secret\n') } }, {}, { apiKey: 'secret' }],
  ])('%s', (_, name, models, env, expected) => {
    expect(endpointOf(name, models, env)).toMatchObject(expected);
  });

  it('with a key in a variable', () => {
    vi.stubEnv('OUR_MODEL_KEY', 'sk-1');
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(endpointOf('a', { a: { url, keyEnv: 'OUR_MODEL_KEY' } })).toEqual({ baseUrl: url, apiKey: 'sk-1' });
  });

  it.each([
    [{ keyEnv: 'NOT_THERE' }, 'LLM_MODELS.a.keyEnv: the variable NOT_THERE is not set'],
    [{ keyFile: '/not/there' }, 'LLM_MODELS.a.keyFile: the file /not/there cannot be read (ENOENT)'],
    [{ keyFile: keyFile(' \n') }, 'is empty'],
    [{ keyFile: keyFile('sk-1\nsk-2\n') }, 'LLM_MODELS.a.keyFile: what it refers to has white space'],
  ])('and a worker does not start without its key: %j', (key, problem) => {
    const registry = createModelRegistry(
      readSettings(modelSettings, { LLM_MODELS: JSON.stringify({ a: { url, ...key } }) }),
    );
    const open = openai.create(readSettings(openai.settings, usual));
    expect(() => open(registry)).toThrow(ConfigError);
    expect(() => open(registry)).toThrow(problem);
  });
});

describe('a key that no header can carry (apollo-client#9565, okhttp#6738: the error has the key in its words)', () => {
  it.each(['OPENAI_API_KEY', 'ANTHROPIC_API_KEY'])('is refused at start and not shown: %s', (name) => {
    for (const key of ['sk-secret\nother', 'sk-secret“'])
      expect(() => readSettings(openaiSettings, { [name]: key })).toThrow(`${name}: has white space or another`);
    expect(() => readSettings(openaiSettings, { [name]: 'sk-secret\nother' })).not.toThrow('sk-secret');
  });

  it('is taken without the line end of its file', () => {
    expect(readSettings(openaiSettings, { OPENAI_API_KEY: 'sk-1\n' }).OPENAI_API_KEY).toBe('sk-1');
  });
});

it('two models of one installation are asked at two services, under the names they have there', async () => {
  const servers = await Promise.all([1, 2].map((at) => serveDialect({ name: `server ${at}`, source: 'none' })));
  onTestFinished(async () => void (await Promise.all(servers.map((server) => server.close()))));
  const [one, two] = servers.map(({ url }) => url);
  const models = { LLM_MODELS: JSON.stringify({ near: { url: one, model: 'qwen3:8b' }, far: { url: two } }) };
  const llm = openai.create(readSettings(openai.settings, usual))(
    createModelRegistry(readSettings(modelSettings, models)),
  );
  for (const model of ['near', 'far'])
    await llm.complete({ model, messages: [{ role: 'user', content: '{}' }], maxOutputTokens: 400, timeoutMs: 30_000 });
  expect(servers.map(({ answered }) => answered.map(({ body }) => body.model))).toEqual([['qwen3:8b'], ['far']]);
});
