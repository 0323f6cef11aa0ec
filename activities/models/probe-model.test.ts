import { describe, expect, it, onTestFinished } from 'vitest';
import { closedPort } from '../../local/control/closed-port.ts';
import { readSettings } from '../../platform/config.ts';
import { createModelRegistry } from '../../platform/models/model-registry.ts';
import { modelSettings } from '../../platform/models/settings.ts';
import { serveDialect } from '../../test/real/dialect-server.ts';
import { dialects } from '../../test/real/dialects.ts';
import { openaiSettings } from '../providers/llm/openai/settings.ts';
import { openai } from '../providers/llm/openai/provider.ts';
import { probeModel } from './probe-model.ts';

async function probe(url: string, entry: object): Promise<{ isUsable: boolean; lines: string[] }> {
  const settings = readSettings(openaiSettings, { OPENAI_API_KEY: 'sk-secret-key', OPENAI_BASE_URL: url });
  const given = { LLM_MODELS: JSON.stringify({ m: entry }) };
  const models = createModelRegistry(readSettings(modelSettings, given));
  const lines: string[] = [];
  const isUsable = await probeModel(
    {
      price: models.priceOf('m'),
      profile: models.profileOf('m'),
      key: 'as the settings say',
      timeoutMs: 300_000,
      open: (watch) => openai.create(settings)(models, watch).serviceOf('m'),
    },
    'm',
    (line) => lines.push(line),
  );
  expect(lines.join('\n')).not.toContain('sk-secret-key');
  return { isUsable, lines };
}

const price = { input: 1, output: 2, date: '2026-11-01' };

describe('the probe of a model', () => {
  it('says what was tried, what the service answered, what was found out and what it cost', async () => {
    const dialect = dialects.find(({ name }) => name === 'DeepSeek') ?? expect.unreachable();
    const server = await serveDialect(dialect);
    onTestFinished(() => server.close());
    const { isUsable, lines } = await probe(server.url, { price });
    expect(isUsable).toBe(true);
    expect(lines).toEqual([
      'price: $1 for a million tokens in, $1 cached, $2 out',
      'key: as the settings say',
      expect.stringMatching(/^the service: does not list its models/),
      expect.stringMatching(/^tried json_schema, .*: refused: This response_format type is unavailable now/),
      expect.stringMatching(/^tried json_schema, .*: refused: This response_format type is unavailable now/),
      'tried json_object, max_completion_tokens 300, prompt_cache_key "models-test": taken',
      expect.stringMatching(/^answer \(\d+ tokens in, \d+ out\): \{"subject":/),
      'found out: {"output":"json_object","limit":"max_completion_tokens","thinking":0}',
      expect.stringMatching(/^cost: \$0\.\d{6}$/),
    ]);
  });

  it('learns from answers that cannot be used', async () => {
    const dialect = dialects.find(({ name }) => name.startsWith('Claude')) ?? expect.unreachable();
    const server = await serveDialect(dialect);
    onTestFinished(() => server.close());
    const { isUsable, lines } = await probe(server.url, { price: 'free' });
    expect(isUsable).toBe(true);
    expect(lines).toContainEqual(expect.stringMatching(/^no answer that can be used, but malformed/));
    expect(lines).toContainEqual(expect.stringContaining('without prompt_cache_key, with the schema in the prompt'));
  });

  it.each<[string, object, () => Promise<string>, RegExp]>([
    ['nobody listens', {}, async () => `http://127.0.0.1:${await closedPort()}/v1`, /^The connection to the model/],
    [
      'the key is refused',
      {},
      async () => {
        const server = await serveDialect({
          name: 'x',
          source: 'none',
          refuses: () => [401, { error: 'no such key' }],
        });
        onTestFinished(() => server.close());
        return server.url;
      },
      /It says: no such key$/,
    ],
    [
      'its key is not there',
      { url: 'http://x.example', keyEnv: 'NOT_THERE' },
      () => Promise.resolve('http://x.example'),
      /NOT_THERE/,
    ],
  ])('fails where %s', async (_, entry, url, line) => {
    const { isUsable, lines } = await probe(await url(), { price: 'free', ...entry });
    expect(isUsable).toBe(false);
    expect(lines.at(-1)).toMatch(line);
  });

  it('fails where a model has no price, and says what to do', async () => {
    const server = await serveDialect({ name: 'x', source: 'none' });
    onTestFinished(() => server.close());
    const { isUsable, lines } = await probe(server.url, {});
    expect(isUsable).toBe(false);
    expect(lines[0]).toContain('Give it a price in LLM_MODELS');
  });
});
