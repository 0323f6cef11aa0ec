import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { sendToRun } from '../../platform/db/runs/runs.ts';
import { documentsOf, makeBatch, rowsCsv } from '../support/batches.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startTestEngine, type TestEngine } from '../support/engine.ts';
import { eventually } from '../support/eventually.ts';
import { startJourneyRun } from '../support/journeys.ts';
import { untilRun } from '../support/toy-runs.ts';
import { startTestWork, type TestWork } from '../support/worker.ts';
import { serveDialect, type DialectServer } from './dialect-server.ts';
import { dialects } from './dialects.ts';

const documents = 200;
const window = 20;
/** In dollars per million tokens, so in micros per token. */
const price = { input: 2, output: 8, date: '2026-11-01' };

const journey = (model: string): JourneyDefinition => ({
  engineVersion: 1,
  slug: 'subject',
  name: 'Subject',
  entry: [{ event: 'SignedUp' }],
  reentry: 'once',
  exitWhen: [],
  steps: [
    {
      kind: 'llm',
      id: 'subject',
      prompt: { kind: 'inline', instructions: 'Write a subject line.' },
      input: { name: { kind: 'literal', value: 'Ana' } as never },
      output: {
        type: 'object',
        additionalProperties: false,
        required: ['text'],
        properties: { text: { type: 'string' } },
      },
      budgetMicros: 1_000_000,
      model,
    },
  ],
});

describe('one installation with a model on each kind of server', () => {
  const servers = new Map<string, DialectServer>();
  let database: TestDatabase;
  let work: TestWork;
  let engine: TestEngine;
  beforeAll(async () => {
    for (const dialect of dialects) servers.set(dialect.name, await serveDialect(dialect));
    const models = [...servers].map(([name, { url }]) => [name, { price, url }]);
    database = await createTestDatabase();
    work = await startTestWork(database, { LLM_MODELS: JSON.stringify(Object.fromEntries(models)) });
    engine = await startTestEngine(database, work.work);
  });
  afterAll(async () => {
    await engine?.stop();
    await work?.stop();
    await database?.stop();
    await Promise.all([...servers.values()].map((server) => server.close()));
  });

  const paidTo = ({ answered }: DialectServer): number =>
    answered.reduce((sum, { said }) => sum + price.input * said.inputTokens + price.output * said.outputTokens, 0);

  async function approve(runId: string): Promise<void> {
    const gate = await eventually('the estimate waits for its approval', () =>
      kysely(database.system).selectFrom('gate').selectAll().where('run_id', '=', runId).executeTakeFirst(),
    );
    const { step, visit, round } = gate;
    const payload = { step, visit, round, generation: 0, outcome: 'approve', comment: null, form: null };
    await inWorkspace(database.app, database.workspaceId, (tx) =>
      sendToRun(tx, { workspaceId: database.workspaceId, runId, kind: 'gate', ref: gate.id, payload }),
    );
  }

  it.each(dialects.map(({ name }) => name))(
    `writes ${documents} documents and takes a journey along: %s`,
    async (model) => {
      const server = servers.get(model) ?? expect.unreachable();
      const { batchId, runId } = await makeBatch(database, work.work.objects, rowsCsv(documents), {
        model,
        window,
        review: 'none',
        formats: ['html'],
        budgetMicros: 1_000_000_000,
      });
      await approve(runId);
      const run = await untilRun(database, runId, 'ends', (row) => row.ended_at !== null, 600_000);
      const made = await documentsOf(database, batchId);
      expect(made.map(({ error }) => error).filter(Boolean)).toEqual([]);
      expect(run).toMatchObject({ status: 'completed', outcome: 'completed' });
      expect(made.every(({ rendered }) => rendered === 'done')).toBe(true);
      const spent = made.reduce((sum, { cost_micros: cost }) => sum + Number(cost), 0);
      expect(spent).toBe(paidTo(server));
      // Those under way when something was found out have asked in vain once.
      expect(server.answered.length).toBeLessThanOrEqual(documents + window);
      expect(server.refused()).toBeLessThanOrEqual(6 * window);

      const { runId: journeyRun } = await startJourneyRun(database, journey(model));
      const ended = await untilRun(database, journeyRun, 'ends', (row) => row.ended_at !== null, 120_000);
      expect(ended).toMatchObject({ status: 'completed' });
      const effect = await kysely(database.system)
        .selectFrom('effect')
        .select(['state', 'cost_micros'])
        .where('run_id', '=', journeyRun)
        .executeTakeFirstOrThrow();
      expect(effect.state).toBe('done');
      expect(spent + Number(effect.cost_micros)).toBe(paidTo(server));
    },
    900_000,
  );
});
