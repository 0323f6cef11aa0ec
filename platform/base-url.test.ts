import { expect, it } from 'vitest';
import type { z } from 'zod';
import { baseUrl } from './base-url.ts';
import { readSettings } from './config.ts';
import { modelSettings } from './models/settings.ts';
import { objectsShape } from './objects/settings.ts';

const at = 'http://us:hunter2@10.0.0.7:9000/v1';

it.each<[string, z.ZodRawShape, string]>([
  ['OPENAI_BASE_URL', { OPENAI_BASE_URL: baseUrl }, at],
  ['S3_ENDPOINT', objectsShape, at],
  ['LLM_MODELS', modelSettings, JSON.stringify({ a: { url: at } })],
])('an address with a login in it is refused in %s and not shown (promptfoo#2012, karma#971)', (name, shape, value) => {
  const read = (): unknown => readSettings(shape, { [name]: value });
  expect(read).toThrow(/: leave user and password out of the address/);
  expect(read).not.toThrow('hunter2');
});

it('an address with an @ in its path is taken', () => {
  expect(baseUrl.parse('https://example.com/@us/')).toBe('https://example.com/@us');
});
