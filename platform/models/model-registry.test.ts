import { describe, expect, it } from 'vitest';
import { ConfigError, readSettings } from '../config.ts';
import { createModelRegistry } from './model-registry.ts';
import { modelSettings } from './settings.ts';

const registry = (env: Record<string, string> = {}) => createModelRegistry(readSettings(modelSettings, env));
const models = (of: unknown): Record<string, string> => ({ LLM_MODELS: JSON.stringify(of) });

describe('the price of a model', () => {
  it('is known for models that are sold, and for those of the stub', () => {
    expect(registry().priceOf('gpt-4o-mini')).toEqual({
      inputMicros: 150_000,
      cachedInputMicros: 75_000,
      outputMicros: 600_000,
    });
    for (const name of ['stub-small', 'claude-sonnet-4-5', 'gemini-2.5-flash', 'mistral-large-latest'])
      expect(registry().priceOf(name)?.outputMicros).toBeGreaterThan(0);
  });

  it('is refused where nobody knows it (litellm#1823, rawdog#83)', () => {
    expect(registry().priceOf('qwen3:8b')).toBeNull();
    expect(registry().priceOf('toString')).toBeNull();
  });

  it('is what the settings say, in dollars per million tokens', () => {
    const price = { input: 0.2, output: 0.8, date: '2026-11-01' };
    const own = registry(
      models({ 'my-model': { price }, 'qwen3:8b': { price: 'free' }, 'gpt-4o': { price: 'unknown' } }),
    );
    expect(own.priceOf('my-model')).toEqual({
      inputMicros: 200_000,
      cachedInputMicros: 200_000,
      outputMicros: 800_000,
    });
    expect(own.priceOf('qwen3:8b')).toEqual({ inputMicros: 0, cachedInputMicros: 0, outputMicros: 0 });
    expect(own.priceOf('gpt-4o')).toBeNull();
  });

  it('is nothing where tokens alone are counted', () => {
    expect(registry({ LLM_UNPRICED: 'count' }).priceOf('qwen3:8b')?.outputMicros).toBe(0);
  });

  it.each([
    ['{', 'not JSON'],
    ['{"a":{"price":"free","limit":"max_length"}}', 'LLM_MODELS.a.limit'],
    ['{"a":{"price":"free","params":{"stream":true}}}', 'LLM_MODELS.a.params: never holds'],
    ['{"a":{"price":"cheap"}}', 'LLM_MODELS.a.price'],
    ['{"a":{"keyEnv":"KEY"}}', 'LLM_MODELS.a.url: a key of its own needs the address'],
    ['{"a":{"url":"https://x.example/v1","keyEnv":"K","keyFile":"/k"}}', 'LLM_MODELS.a.keyFile: give keyEnv or'],
    ['{"a":{"url":"file:///etc/passwd"}}', 'LLM_MODELS.a.url'],
    ['{"a":{"price":"free","colour":"red"}}', 'LLM_MODELS.a'],
  ])('is checked at the start: %s', (text, problem) => {
    expect(() => registry({ LLM_MODELS: text })).toThrow(ConfigError);
    expect(() => registry({ LLM_MODELS: text })).toThrow(problem);
  });
});

describe('what is known of a model before it is asked', () => {
  it('is its limits and that it thinks, for those that ship', () => {
    expect(registry().profileOf('gpt-5-mini')).toMatchObject({ contextTokens: 272_000, thinkingTokens: 4_096 });
    expect(registry().profileOf('gpt-4o-mini')).toMatchObject({
      outputTokens: 16_384,
      thinkingTokens: 0,
      output: null,
    });
  });

  it('is nothing for others', () => {
    expect(registry().profileOf('toString')).toEqual({
      model: 'toString',
      endpoint: null,
      contextTokens: null,
      outputTokens: null,
      thinkingTokens: 0,
      output: null,
      limit: null,
      params: {},
    });
  });

  it('is what the settings say', () => {
    const entry = { price: 'free', context: 8_192, thinking: 0, effort: 'low', output: 'tool', limit: 'max_tokens' };
    const own = registry(models({ 'gpt-5-mini': { ...entry, params: { seed: 7 } } }));
    expect(own.profileOf('gpt-5-mini')).toEqual({
      model: 'gpt-5-mini',
      endpoint: { kind: 'vendor', vendor: 'openai' },
      contextTokens: 8_192,
      outputTokens: 128_000,
      thinkingTokens: 0,
      output: 'tool',
      limit: 'max_tokens',
      params: { reasoning_effort: 'low', seed: 7 },
    });
  });

  it('is where it is served and under which name, with what ships of that name', () => {
    const url = 'https://eu.example/v1';
    const own = registry(models({ 'eu-mini': { model: 'gpt-5-mini', url, keyEnv: 'EU_KEY' } }));
    expect(own.profileOf('eu-mini')).toMatchObject({
      model: 'gpt-5-mini',
      endpoint: { kind: 'own', url, key: { env: 'EU_KEY' } },
      thinkingTokens: 4_096,
    });
    expect(own.priceOf('eu-mini')).toEqual(registry().priceOf('gpt-5-mini'));
  });
});

it('lists the models of the settings first, each with where its price is from', () => {
  const price = { input: 1, output: 2, date: '2026-11-01' };
  const [first, second, ...shipped] = registry(models({ own: { price }, local: { price: 'free' } })).list();
  expect(first).toMatchObject({ name: 'own', source: 'settings', date: '2026-11-01' });
  expect(second).toMatchObject({ name: 'local', source: 'settings', price: { outputMicros: 0 }, date: null });
  expect(shipped.find(({ name }) => name === 'gpt-4o')).toMatchObject({ source: 'shipped', date: '2026-11-30' });
});
