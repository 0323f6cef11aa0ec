import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createModelThrottles } from '../../activities/models/model-throttle.ts';
import { createModelsOf } from '../../activities/models/models-of-workspace.ts';
import { createTryModel } from '../../activities/models/try-model.ts';
import { openai } from '../../activities/providers/llm/openai/provider.ts';
import { openaiSettings } from '../../activities/providers/llm/openai/settings.ts';
import { closedPort } from '../../local/control/closed-port.ts';
import { readSettings } from '../../platform/config.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { masterKeys } from '../../platform/keys/master-keys.ts';
import { holdModel, setWorkspaceModel } from '../../platform/db/models/workspace-models.ts';
import { createKeySource } from '../../platform/db/keys/master-keys.ts';
import { createLogger } from '../../platform/log.ts';
import { createModelRegistry } from '../../platform/models/model-registry.ts';
import type { Answer } from '../../test/support/caller.ts';
import { sampleJourney } from '../../test/support/journeys.ts';
import { useTestApi } from '../../test/support/use-test-api.ts';
import { tryModelsOnce } from '../../worker/background/model-trials.ts';

/** Where the installation's own service would be: nobody listens, whatever else runs on this machine. */
const unused = await closedPort();

const completion = {
  model: 'm',
  choices: [{ message: { content: '{"subject":"Hello","reasons":[]}' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 5 },
};

describe('a model of a workspace’s own', () => {
  const { database, api } = useTestApi({ LLM_OWN_HOSTS: ['127.0.0.1'] });
  /** The keys with which the model was asked. */
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    if (request.method === 'POST') asked.push(request.headers.authorization);
    response.setHeader('content-type', 'application/json');
    request.resume().on('end', () => response.end(JSON.stringify(completion)));
  });
  let url: string;
  let cookie: string;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    ({ cookie } = await api.member(['admin']));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const put = (name: string, body: object, as: object = { cookie }): Promise<Answer> =>
    api.call({ method: 'PUT', url: `/v1/models/${encodeURIComponent(name)}`, body, ...as });
  const models = async (): Promise<Record<string, unknown>[]> =>
    (await api.call({ url: '/v1/models', cookie })).json['items'] as Record<string, unknown>[];
  const policy = (countsUnpriced: boolean): Promise<Answer> =>
    api.call({ method: 'PUT', url: '/v1/model-policy', body: { countsUnpriced }, cookie });

  const settings = readSettings(openaiSettings, { OPENAI_BASE_URL: `http://127.0.0.1:${unused}/v1` });
  const parts = () => ({
    db: database.app,
    keys: createKeySource(database.system, api.config),
    config: api.config,
  });
  function modelsOf(): ReturnType<typeof createModelsOf> {
    const installed = createModelRegistry(api.config);
    const llm = openai.create(settings)(installed);
    return createModelsOf({
      ...parts(),
      installation: { models: installed, llm, throttles: createModelThrottles() },
    });
  }

  it('is listed before those that ship, each with where it comes from and the day of its price; its key is shown nowhere', async () => {
    const price = { input: 0.2, output: 0.8, date: '2026-11-01' };
    const made = await put('team/qwen3:8b', { url, price, context: 8_192, apiKey: 'sk-very-secret-0001234' });
    expect(made.status).toBe(200);
    const [own] = await models();
    expect(own).toMatchObject({
      name: 'team/qwen3:8b',
      source: 'workspace',
      price: { input: 0.2, cachedInput: 0.2, output: 0.8 },
      pricedAt: '2026-11-01',
      isUsable: true,
      contextTokens: 8_192,
      own: { keyEndsWith: '1234', setBy: 'Test admin', facts: { url } },
    });
    expect((await models()).find(({ name }) => name === 'gpt-5-mini')).toMatchObject({
      source: 'shipped',
      at: 'openai',
      own: null,
      pricedAt: expect.stringMatching(/^2026-/),
    });
    const audit = await api.call({ url: '/v1/audit', cookie });
    expect(audit.text).toContain('model.set');
    const rows = await kysely(database.system).selectFrom('workspace_model').selectAll().execute();
    for (const text of [made.text, audit.text, JSON.stringify(await models()), JSON.stringify(rows)])
      expect(text).not.toContain('very-secret');
  });

  it('keeps its key as long as it stays at its host: nobody sends it elsewhere who does not know it', async () => {
    await put('keyed', { url, price: 'free', apiKey: 'sk-very-secret-0001234' });
    expect((await put('keyed', { url: `${url}/`, price: 'free' })).json['own']).toMatchObject({ keyEndsWith: '1234' });
    const moved = await put('keyed', { url: 'https://evil.example/v1', price: 'free' });
    expect([moved.status, moved.json['errors']]).toMatchObject([422, [{ path: 'apiKey', code: 'model.keyNeeded' }]]);
    const open = await put('keyed', { url: 'https://evil.example/v1', price: 'free', apiKey: null });
    expect(open.json['own']).toMatchObject({ keyEndsWith: null });
  });

  it('keeps its host while a key is being given to it at the same instant', async () => {
    await put('raced', { url, price: 'free' });
    const { app, workspaceId } = database;
    const [given, waits] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const giving = inWorkspace(app, workspaceId, async (tx) => {
      const of = { workspaceId, name: 'raced' };
      await holdModel(tx, of);
      const change = { ...of, actor: { kind: 'system' as const, id: null } };
      await setWorkspaceModel(tx, masterKeys(api.config), {
        ...change,
        facts: { url, price: 'free' },
        apiKey: 'sk-of-our-host-1234',
      });
      given.resolve();
      await waits.promise;
    });
    await given.promise;
    const moving = put('raced', { url: 'https://evil.example/v1', price: 'free' });
    const waiting = sql<{ count: number }>`select count(*)::int as count from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`;
    await expect.poll(async () => (await waiting.execute(kysely(app))).rows[0]?.count).toBe(1);
    waits.resolve();
    await giving;
    expect(await moving).toMatchObject({ status: 422, json: { errors: [{ code: 'model.keyNeeded' }] } });
  });

  it('is asked by its own key in the place of the installation’s, by its workspace alone, until it is removed', async () => {
    await put('gpt-5-mini', { url, apiKey: 'sk-own' });
    const request = { model: 'gpt-5-mini', messages: [], maxOutputTokens: 100, timeoutMs: 5_000 };
    const own = await modelsOf()(database.workspaceId);
    asked.length = 0;
    await own.llm.complete(request);
    expect(asked).toEqual(['Bearer sk-own']);
    // Its price is that of the model it is, as it ships.
    expect(own.models.priceOf('gpt-5-mini')).toMatchObject({ inputMicros: 250_000 });
    const other = await modelsOf()(await database.addWorkspace());
    await expect(other.llm.complete(request)).rejects.toMatchObject({ failure: { kind: 'transient' } });
    expect(own.throttles.of('gpt-5-mini')).not.toBe(other.throttles.of('gpt-5-mini'));
    expect((await api.call({ method: 'DELETE', url: '/v1/models/gpt-5-mini', cookie })).status).toBe(204);
    const after = await modelsOf()(database.workspaceId);
    await expect(after.llm.complete(request)).rejects.toMatchObject({ failure: { kind: 'transient' } });
    expect(asked).toHaveLength(1);
    const secrets = await kysely(database.system).selectFrom('secret').select('name').execute();
    expect(secrets.map(({ name }) => name)).not.toContain('model.gpt-5-mini');
    expect((await api.call({ method: 'DELETE', url: '/v1/models/gpt-5-mini', cookie })).status).toBe(404);
  });

  it('is refused by no worker for a price that was entered after it had looked', async () => {
    await put('priced-late', { url });
    const of = modelsOf();
    const priceNow = async (): Promise<unknown> =>
      (await of(database.workspaceId, ['gpt-5-mini', 'priced-late'])).models.priceOf('priced-late');
    expect(await priceNow()).toBeNull();
    await put('priced-late', { url, price: 'free' });
    expect(await priceNow()).toMatchObject({ inputMicros: 0 });
  });

  it('without a price is refused at the publishing, until the workspace allows that its tokens alone are counted', async () => {
    await put('unpriced', { url });
    const output = { type: 'object', additionalProperties: false, properties: { a: { type: 'string' } } };
    const step = { kind: 'llm', id: 'ask', prompt: { kind: 'inline', instructions: 'Write.' }, input: {}, output };
    const steps = (model: string) => [{ ...step, budgetMicros: 100, model }] as never;
    const publish = async (model: string): Promise<Answer> => {
      const slug = `of-${model.replaceAll(/\W/g, '-')}`;
      const body = { definition: sampleJourney(slug, { steps: steps(model) }) };
      await api.call({ method: 'PUT', url: `/v1/journeys/${slug}`, body, cookie });
      return api.call({ method: 'POST', url: `/v1/journeys/${slug}/publish`, body: {}, cookie });
    };
    expect((await publish('unpriced')).json['problems']).toMatchObject([{ code: 'llm.noPrice' }]);
    expect((await policy(true)).status).toBe(200);
    expect((await publish('unpriced')).status).toBe(200);
    // The operator pays for all others.
    expect((await publish('qwen3:8b')).json['problems']).toMatchObject([{ code: 'llm.noPrice' }]);
    const { models: known } = await modelsOf()(database.workspaceId);
    expect([known.priceOf('unpriced'), known.priceOf('qwen3:8b')]).toMatchObject([{ outputMicros: 0 }, null]);
    await policy(false);
    expect((await publish('unpriced')).status).toBe(422);
  });

  it('is tried by a worker, which says what it tried; so are the installation’s', async () => {
    await put('tried', { url, price: 'free', apiKey: 'sk-own' });
    const trial = (name: string): string => `/v1/models/${name}/trial`;
    expect((await api.call({ url: trial('tried'), cookie })).status).toBe(404);
    const post = (name: string): Promise<Answer> => api.call({ method: 'POST', url: trial(name), cookie });
    expect((await post('tried')).json).toMatchObject({ endedAt: null, isUsable: null });
    expect((await post('stub-small')).status).toBe(202);
    expect((await post('unheard-of')).status).toBe(404);
    const config = parts();
    const registry = createModelRegistry(api.config);
    const tryModel = createTryModel({ of: config, llm: openai.create(settings), models: registry });
    const log = createLogger({ name: 'test', level: 'silent' });
    expect(await tryModelsOnce({ db: database.system, tryModel, log })).toBe(2);
    expect(await tryModelsOnce({ db: database.system, tryModel, log })).toBe(0);
    const { json } = await api.call({ url: trial('tried'), cookie });
    expect(json).toMatchObject({ isUsable: true, endedAt: expect.any(String) });
    expect(json['lines']).toContainEqual(expect.stringMatching(/^answer \(10 tokens in, 5 out\)/));
    expect(JSON.stringify(json)).not.toContain('sk-own');
    // Nobody listens at the address of the installation's here.
    expect((await api.call({ url: trial('stub-small'), cookie })).json).toMatchObject({ isUsable: false });
    await put('tried', { url, price: 'free' });
    expect((await api.call({ url: trial('tried'), cookie })).status).toBe(404);
  });

  it('is set by people who are admins, at addresses of the internet or that the operator allows', async () => {
    const key = await api.key(['keys:read', 'keys:write']);
    const { cookie: designer } = await api.member(['designer', 'operator']);
    for (const as of [{ key }, { cookie: designer }])
      expect((await put('x', { url, price: 'free' }, as)).status).toBe(403);
    expect((await api.call({ url: '/v1/models', cookie: designer })).status).toBe(403);
    for (const refused of [
      'http://model.example/v1',
      'https://169.254.169.254/v1',
      'https://u:p@x.example/v1',
      'file:///etc',
    ])
      expect((await put('x', { url: refused, price: 'free' })).json['errors'], refused).toMatchObject([
        { path: 'url' },
      ]);
    expect((await put('x', { url, keyEnv: 'THROUGHLINE_KEY' })).status).toBe(422);
    expect((await put('x', { url, apiKey: 'a b' })).status).toBe(422);
    expect((await models()).map(({ name }) => name)).not.toContain('x');
  });
});
