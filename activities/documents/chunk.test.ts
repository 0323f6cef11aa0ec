import { Readable } from 'node:stream';
import { MockActivityEnvironment } from '@temporalio/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { llmCostMicros, type LlmOutcome, type ProviderFailure } from '../../contracts/core/providers.ts';
import { storeRows } from '../../platform/db/documents/batches.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import type { ObjectStore } from '../../platform/objects/file-store.ts';
import { documentsOf, letter, makeBatch } from '../../test/support/batches.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { eventually } from '../../test/support/eventually.ts';
import '../../test/support/quiet-runtime.ts';
import { newId } from '../../platform/ids.ts';
import { createModelRegistry } from '../../platform/models/model-registry.ts';
import { s3Error } from '../../platform/objects/s3/s3-error.ts';
import {
  createModelThrottle,
  createModelThrottles,
  type ModelThrottle,
  type ModelThrottles,
} from '../models/model-throttle.ts';
import type { LlmRequest } from '../providers/llm/llm-config.ts';
import { CallAborted, ProviderError } from '../providers/provider-error.ts';
import { createCheckpointer } from './checkpointer.ts';
import { claims } from './claims.ts';
import { createDocumentsActivities, type DocumentsDeps } from './documents.activities.ts';
import { renderChunk } from './render-chunk.ts';
import { createWriting, generateChunk, type GenerateDeps } from './write/generate-chunk.ts';

const usage = { inputTokens: 100, outputTokens: 20, cachedTokens: 0, isEstimated: false };
const rateState = { remainingRequests: null, remainingTokens: null, resetMs: null };
const answer = (intro: string, more: Partial<typeof usage> = {}): LlmOutcome => {
  const about = { model: 'stub-small', usage: { ...usage, ...more }, rateState, said: intro };
  return { kind: 'answer', text: JSON.stringify({ intro }), value: { intro }, ...about };
};
const good = answer('Thank you for your trust in us.');
const failing = (kind: 'misconfigured' | 'transient', code: string): ProviderFailure =>
  ({ kind, code, message: `It fails with ${code}.`, words: 'key expired' }) as ProviderFailure;
const models = createModelRegistry({ LLM_MODELS: {}, LLM_UNPRICED: 'refuse' });
const rows = 10;
const objects = { put: () => Promise.resolve() } as unknown as ObjectStore;
const renders = {
  render: ({ scope }: { scope: { slots: { intro: string } } }) =>
    Promise.resolve({
      kind: 'document',
      missing: [],
      text: `${scope.slots.intro} ${letter.locked['terms'] ?? ''}`,
      html: '<p>x</p>',
      pdf: null,
    }),
} as unknown as GenerateDeps['renders'];

describe('a chunk of documents', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.stop());

  type Open = { batchId: string; input: { workspaceId: string; runId: string; key: string } };

  /** A batch of ten rows whose one open action is a chunk, without a workflow. */
  async function openBatch(activity: 'generateChunk' | 'renderChunk' | 'importRows'): Promise<Open> {
    const { workspaceId } = database;
    const { batchId, runId } = await makeBatch(database, objects, '');
    const values = { policy: 'P', first_name: 'Ana', premium: '100.50' };
    const all = Array.from({ length: rows }, (_, at) => ({
      ordinal: at + 1,
      line: at + 2,
      key: `P-${at}`,
      email: null,
      values,
    }));
    await inWorkspace(database.app, workspaceId, (tx) =>
      storeRows(tx, { workspace_id: workspaceId, id: batchId }, all),
    );
    const range = { from: 1, to: rows };
    const params = { generateChunk: range, renderChunk: { ...range, undecided: 'deliver' }, importRows: {} }[activity];
    const open = JSON.stringify([{ id: 'c/1', activity, step: 'c', visit: 1, params }]);
    await kysely(database.system).updateTable('run').set({ open, status: 'running' }).where('id', '=', runId).execute();
    await kysely(database.system).updateTable('batch').set({ rows }).where('id', '=', batchId).execute();
    return { batchId, input: { workspaceId, runId, key: '0/c/1' } };
  }

  const documents = (batchId: string) => documentsOf(database, batchId);
  const spentOf = async (batchId: string): Promise<number> => {
    const found = kysely(database.system).selectFrom('batch').select('spent_micros').where('id', '=', batchId);
    return Number((await found.executeTakeFirstOrThrow()).spent_micros);
  };
  const incidentsOf = (runId: string) =>
    kysely(database.system)
      .selectFrom('incident')
      .select(['kind', 'state', 'message'])
      .where('run_id', '=', runId)
      .execute();
  const outputOf = (runId: string) =>
    kysely(database.system).selectFrom('run_inbox').select('payload').where('run_id', '=', runId).executeTakeFirst();

  /** One attempt with a model that answers so; counts its calls. */
  function attempt(
    { input }: Open,
    reply: (call: number, request: LlmRequest) => LlmOutcome | ProviderFailure | Promise<LlmOutcome>,
    throttles: ModelThrottles | (() => ModelThrottles) = createModelThrottles(),
  ): { ended: Promise<unknown>; calls(): number; environment: MockActivityEnvironment } {
    let calls = 0;
    const throttlesNow = typeof throttles === 'function' ? throttles : () => throttles;
    const complete = (request: LlmRequest): Promise<LlmOutcome> => {
      const made = reply((calls += 1), request);
      if (made instanceof Promise) return made;
      return 'usage' in made ? Promise.resolve(made) : Promise.reject(new ProviderError(made));
    };
    const llm = { complete, mostTokens: ({ maxOutputTokens }: LlmRequest) => maxOutputTokens };
    const environment = new MockActivityEnvironment();
    const modelsOf = () => Promise.resolve({ llm, models, throttles: throttlesNow() });
    const writing = createWriting({ db: database.app, modelsOf, renders });
    return { ended: environment.run(() => generateChunk(writing, input)), calls: () => calls, environment };
  }

  it('shows that the object store refuses the file of a batch, and ends that once it can be read', async () => {
    const open = await openBatch('importRows');
    const importFrom = (file: () => ReturnType<ObjectStore['open']>): Promise<unknown> => {
      const deps = { db: database.app, objects: { open: file } as unknown as ObjectStore };
      const { importRows } = createDocumentsActivities(deps as DocumentsDeps);
      return new MockActivityEnvironment().run(importRows, open.input);
    };
    const denied = s3Error(403, new Headers(), '<Error><Code>InvalidAccessKeyId</Code></Error>');
    await expect(importFrom(() => Promise.reject(denied))).rejects.toThrow(denied);
    const shown = { kind: 'batch.fails', message: expect.stringMatching(/is tried again: .* see S3_ACCESS_KEY$/) };
    expect(await incidentsOf(open.input.runId)).toEqual([{ ...shown, state: 'open' }]);
    const content = Readable.from(['policy,first_name,premium\nP,Ana,100.50\n']);
    await importFrom(() => Promise.resolve({ content, sizeBytes: 40 }));
    expect(await incidentsOf(open.input.runId)).toEqual([{ ...shown, state: 'resolved' }]);
  });

  it('goes on behind the rows that an attempt of before has stored, also one that refused others than it does', async () => {
    const open = await openBatch('importRows');
    // A worker of before, or one with other fonts, has stored ten rows; the second of them would be refused now.
    const lines = Array.from(
      { length: 12 },
      (_, at) => `P-${at},${at === 1 || at === 10 ? '\u{13000}' : 'Ana'},100.50\n`,
    );
    const content = Readable.from([`policy,first_name,premium\n${lines.join('')}`]);
    const deps = {
      db: database.app,
      objects: { open: () => Promise.resolve({ content, sizeBytes: 400 }) },
      renders: { render: () => Promise.resolve({ kind: 'document', missing: ['\u{13000}'] }) },
    };
    const { importRows } = createDocumentsActivities(deps as unknown as DocumentsDeps);
    await new MockActivityEnvironment().run(importRows, open.input);
    const stored = (await documents(open.batchId)).map(({ ordinal, line, key }) => [ordinal, line, key]);
    expect(stored).toEqual([...Array.from({ length: 10 }, (_, at) => [at + 1, at + 2, `P-${at}`]), [11, 13, 'P-11']]);
    expect(await outputOf(open.input.runId)).toMatchObject({ payload: { rows: 11, rowErrors: 1 } });
  });

  it('counts a call that was given up while the model was at work, as it may have been paid', async () => {
    const open = await openBatch('generateChunk');
    const late = { ...failing('transient', 'llm.timeout'), mayBePaid: true } as ProviderFailure;
    const run = attempt(open, (call) => (call === 1 ? late : good));
    await run.ended;
    const price = models.priceOf('stub-small') ?? expect.unreachable();
    const documentsCost = rows * llmCostMicros(usage, price);
    const spent = await spentOf(open.batchId);
    expect(spent).toBeGreaterThan(documentsCost);
    const costs = (await documents(open.batchId))
      .map(({ cost_micros }) => Number(cost_micros))
      .toSorted((a, b) => a - b);
    expect(costs.slice(0, -1)).toEqual(Array.from({ length: rows - 1 }, () => llmCostMicros(usage, price)));
    expect(costs.reduce((sum, cost) => sum + cost, 0)).toBe(spent);
  });

  it('counts the calls that were under way when its worker was stopped, and gives their documents back', async () => {
    const open = await openBatch('generateChunk');
    const untilStopped = ({ signal }: LlmRequest): Promise<LlmOutcome> =>
      new Promise((_, reject) =>
        signal?.addEventListener('abort', () => reject(new CallAborted(signal.reason)), { once: true }),
      );
    const run = attempt(open, (_, request) => untilStopped(request));
    await eventually('the model is asked', () => Promise.resolve(run.calls() > 0));
    run.environment.cancel('WORKER_SHUTDOWN');
    await expect(run.ended).rejects.toMatchObject({ name: 'CancelledFailure' });
    const made = await documents(open.batchId);
    expect(made.every(({ generated, deaths }) => generated === 'pending' && deaths === 0)).toBe(true);
    const paid = made.map(({ cost_micros }) => Number(cost_micros)).filter((cost) => cost > 0);
    expect(paid).toHaveLength(run.calls());
    expect(await spentOf(open.batchId)).toBe(paid.reduce((sum, cost) => sum + cost, 0));
  });

  it.each([
    ['a lone surrogate (kodus-ai#1683)', answer('Thank you \ud83d for your trust.')],
    ['NUL (vivaria#433, R2R#1264, kestra#10653)', answer('Thank you\u0000 for your trust.')],
    ['tokens in fractions', answer('Thank you for your trust.', { outputTokens: 60.25 })],
  ])('loses the one document that cannot be stored, not its neighbours nor what was paid: %s', async (_, odd) => {
    const open = await openBatch('generateChunk');
    const run = attempt(open, (call) => (call === 4 ? odd : good));
    await run.ended;
    const made = await documents(open.batchId);
    expect(run.calls()).toBe(rows);
    expect(made.filter(({ generated }) => generated === 'done').length).toBeGreaterThanOrEqual(rows - 1);
    expect(made.every(({ generated, deaths }) => /done|failed/.test(generated) && deaths === 0)).toBe(true);
    expect(made.every(({ cost_micros: cost }) => Number(cost) > 0)).toBe(true);
    expect(await spentOf(open.batchId)).toBe(made.reduce((sum, { cost_micros: cost }) => sum + Number(cost), 0));
  });

  it('waits for a model that refuses the key, says so, and goes on by itself (paperless-aissist#46, openhikmah#545)', async () => {
    const open = await openBatch('generateChunk');
    let isRefused = true;
    const run = attempt(open, () => (isRefused ? failing('misconfigured', 'llm.unauthorised') : good));
    const [incident] = await eventually('the incident', async () => {
      const found = await incidentsOf(open.input.runId);
      return found.length > 0 && found;
    });
    expect(incident).toMatchObject({
      kind: 'batch.waits',
      state: 'open',
      message: expect.stringContaining('key expired'),
    });
    isRefused = false;
    await run.ended;
    expect((await documents(open.batchId)).every(({ generated }) => generated === 'done')).toBe(true);
    expect(await incidentsOf(open.input.runId)).toMatchObject([{ state: 'resolved' }]);
  });

  it('leaves the queue of a model that an admin has mended, for all of its documents at once', async () => {
    const open = await openBatch('generateChunk');
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    const soon = vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => timeout(Math.min(ms, 300)));
    onTestFinished(() => soon.mockRestore());
    // With another address or key a model has another throttle; the one of before lets nothing through.
    const trouble = { code: 'llm.unauthorised', message: 'The key is refused.', since: 1, until: null };
    const closed: ModelThrottle = {
      ...createModelThrottle(),
      enter: (_, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      trouble: () => trouble,
      isOpen: () => false,
    };
    const [before, mended] = [{ of: () => closed }, createModelThrottles()];
    let isMended = false;
    const run = attempt(
      open,
      () => good,
      () => (isMended ? mended : before),
    );
    await eventually('the documents that wait', async () => (await incidentsOf(open.input.runId)).length > 0);
    isMended = true;
    await run.ended;
    expect((await documents(open.batchId)).every(({ generated }) => generated === 'done')).toBe(true);
  });

  it('has another model write while its own is down, pays that one, and says so with each document', async () => {
    const open = await openBatch('generateChunk');
    const options = sql<string>`options || ${JSON.stringify({ fallbackModels: ['stub-large'] })}::jsonb`;
    await kysely(database.system).updateTable('batch').set({ options }).where('id', '=', open.batchId).execute();
    const run = attempt(open, (_, { model }) =>
      model === 'stub-large' ? good : failing('misconfigured', 'llm.unauthorised'),
    );
    await run.ended;
    const made = await documents(open.batchId);
    expect(made.map(({ generated }) => generated)).toEqual(Array.from({ length: rows }, () => 'done'));
    const price = models.priceOf('stub-large') ?? expect.unreachable();
    for (const { findings, cost_micros: cost } of made) {
      expect(findings).toContainEqual(expect.objectContaining({ code: 'schema.otherModel', severity: 'warning' }));
      expect(Number(cost)).toBe(llmCostMicros(usage, price));
    }
  });

  it('gives its documents back when it is stopped while it waits, and none counts as a death', async () => {
    const open = await openBatch('generateChunk');
    const throttles = createModelThrottles();
    const quota = {
      ...failing('transient', 'llm.rate_limited'),
      kind: 'rateLimited',
      retryAfterMs: 86_400_000,
    } as const;
    const run = attempt(open, () => quota, throttles);
    await eventually('the model is waited for', () => Promise.resolve(throttles.of('stub-small').trouble() !== null));
    await kysely(database.system)
      .updateTable('run')
      .set({ status: 'paused' })
      .where('id', '=', open.input.runId)
      .execute();
    await run.ended;
    expect(await outputOf(open.input.runId)).toEqual({ payload: { stopped: 'pause' } });
    expect(
      (await documents(open.batchId)).every(({ generated, deaths }) => generated === 'pending' && deaths === 0),
    ).toBe(true);
  });

  it('stops at its budget with all that it has paid written down, and makes fewer calls at once before', async () => {
    const open = await openBatch('generateChunk');
    await kysely(database.system)
      .updateTable('batch')
      .set({ budget_micros: 400 })
      .where('id', '=', open.batchId)
      .execute();
    const run = attempt(open, () => good);
    await run.ended;
    const spent = await spentOf(open.batchId);
    expect(spent).toBeGreaterThan(0);
    expect(spent).toBeLessThanOrEqual(400);
    expect(await outputOf(open.input.runId)).toEqual({ payload: { stopped: 'budget' } });
  });

  it('writes what comes together in one transaction, and what belongs to another attempt by now not at all', async () => {
    const open = await openBatch('generateChunk');
    const { workspaceId } = database;
    const batch = { workspace_id: workspaceId, id: open.batchId };
    const range = { from: 1, to: rows };
    const claim = newId();
    await inWorkspace(database.app, workspaceId, (tx) => claims.generateChunk.take(tx, batch, range, claim));
    await kysely(database.system)
      .updateTable('document')
      .set({ claim: newId() })
      .where('batch_id', '=', open.batchId)
      .where('ordinal', '=', 2)
      .execute();
    const groups: number[] = [];
    const checkpoints = createCheckpointer({
      db: database.app,
      workspaceId,
      write: (tx, all) => {
        groups.push(all.length);
        return claims.generateChunk.write(tx, batch, range, claim, all);
      },
      budget: { spentMicros: 0, budgetMicros: 1_000 },
      signal: new AbortController().signal,
    });
    const made = { answers: { intro: 'x' }, findings: [], contentHash: 'x', usage: null, repairs: 0, error: null };
    const save = (ordinal: number): Promise<string> => {
      void checkpoints.save({ kind: 'begun', ordinal }).catch(() => undefined);
      const done = { kind: 'generated', state: 'done', isFlagged: false, ordinal, costMicros: 7, ...made } as const;
      return checkpoints.save(done).then(
        () => 'written',
        (error: Error) => error.constructor.name,
      );
    };
    expect(await Promise.all([1, 2, 3].map(save))).toEqual(['written', 'ClaimLost', 'written']);
    expect([groups, checkpoints.spentMicros(), await spentOf(open.batchId)]).toEqual([[6], 14, 14]);
    expect((await documents(open.batchId)).slice(0, 4).map(({ generated }) => generated)).toEqual([
      'done',
      'pending',
      'done',
      'pending',
    ]);
  });

  it('loses nothing to a full disk, says so, and goes on when there is room', async () => {
    const open = await openBatch('renderChunk');
    await kysely(database.system)
      .updateTable('document')
      .set({ generated: 'done', answers: JSON.stringify({ intro: 'Thank you for your trust in us.' }) })
      .where('batch_id', '=', open.batchId)
      .execute();
    let isFull = true;
    const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    const put = (): Promise<void> => (isFull ? Promise.reject(full) : Promise.resolve());
    const render = (): Promise<unknown> =>
      new MockActivityEnvironment().run((input: Open['input']) => {
        return renderChunk({ db: database.app, objects: { ...objects, put }, renders }, input);
      }, open.input);
    for (let tries = 0; tries < 4; tries += 1) await expect(render()).rejects.toThrow('ENOSPC');
    expect(
      (await documents(open.batchId)).every(({ rendered, deaths }) => rendered === 'pending' && deaths === 0),
    ).toBe(true);
    expect(await incidentsOf(open.input.runId)).toMatchObject([
      { state: 'open', message: expect.stringContaining('no room') },
    ]);
    isFull = false;
    await render();
    expect((await documents(open.batchId)).every(({ rendered }) => rendered === 'done')).toBe(true);
    expect(await incidentsOf(open.input.runId)).toMatchObject([{ state: 'resolved' }]);
  });
});
