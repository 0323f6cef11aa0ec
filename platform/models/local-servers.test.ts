import { expect, it } from 'vitest';
import { readSettings } from '../config.ts';
import { localServerAt } from './local-servers.ts';
import { createModelRegistry } from './model-registry.ts';
import { modelSettings } from './settings.ts';

it.each([
  ['http://127.0.0.1:11434/v1', 'Ollama'],
  ['http://localhost:8000/v1', 'vLLM'],
  ['http://[::1]:8080/v1', 'llama.cpp'],
  ['http://gpu-1:11434/v1', 'Ollama'],
  ['http://10.0.0.7:11434/v1', 'Ollama'],
  ['http://gpu-1:8000/v1', null],
  ['https://localhost:11434/v1', null],
  ['http://models.example.com:11434/v1', null],
  ['http://127.0.0.1:4000/v1', null],
  ['https://api.openai.com/v1', null],
])('%s is %s (issue 13 §1)', (address, server) => {
  expect(localServerAt(address)).toBe(server);
});

const registry = (env: Record<string, string>) => createModelRegistry(readSettings(modelSettings, env));
const free = { inputMicros: 0, cachedInputMicros: 0, outputMicros: 0 };

it('a model of Ollama, vLLM or llama.cpp at its usual address is free, without a setting of its own', () => {
  const near = registry({ OPENAI_BASE_URL: 'http://127.0.0.1:11434/v1', LLM_MODEL: 'qwen3:8b' });
  expect(near.priceOf('qwen3:8b')).toEqual(free);
  expect(near.list()).toContainEqual({
    name: 'qwen3:8b',
    source: 'settings',
    price: free,
    date: null,
    server: 'Ollama',
  });
  expect(registry({ OPENAI_BASE_URL: 'https://api.example.com/v1' }).priceOf('qwen3:8b')).toBeNull();
  const models = { a: { url: 'http://127.0.0.1:8000/v1' }, b: { url: 'https://gpu.example.com/v1' } };
  const two = registry({ LLM_MODELS: JSON.stringify(models) });
  expect(two.priceOf('a')).toEqual(free);
  expect(two.priceOf('b')).toBeNull();
});

it('what is said of a model there, and what ships of its name, comes before that', () => {
  const said = {
    OPENAI_BASE_URL: 'http://127.0.0.1:8080/v1',
    LLM_MODELS: '{"ours":{"price":"unknown"},"far":{"url":"https://a.example/v1"}}',
  };
  expect(registry(said).priceOf('ours')).toBeNull();
  expect(registry(said).priceOf('far')).toBeNull();
  expect(registry(said).priceOf('gpt-5-mini')?.outputMicros).toBeGreaterThan(0);
});
