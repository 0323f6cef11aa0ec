import type { BatchOptions } from '../../contracts/documents/batch.schema.ts';
import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import type { DocumentRow } from '../../platform/db/documents/documents.ts';
import { sendToRun } from '../../platform/db/runs/runs.ts';
import { documentsOf, makeBatch, rowsCsv } from '../support/batches.ts';
import type { TestDatabase } from '../support/database.ts';
import { createTestDatabase } from '../support/database.ts';
import { startTestEngine } from '../support/engine.ts';
import { eventually } from '../support/eventually.ts';
import { startJourneyRun } from '../support/journeys.ts';
import { untilRun } from '../support/toy-runs.ts';
import { startTestWork, type TestWork } from '../support/worker.ts';

/** What every model costs here, in dollars per million tokens, so in millionths of a dollar per token. */
export const price = { input: 2, output: 8, date: '2026-11-01' };

/** What so many tokens cost, in millionths of a dollar. */
export function costOf({ inputTokens, outputTokens }: { inputTokens: number; outputTokens: number }): number {
  return price.input * inputTokens + price.output * outputTokens;
}

/** An installation whose models are at the addresses of `urls`, each with the context that its server has. */
export type Installation = { database: TestDatabase; work: TestWork; stop(): Promise<void> };

/** Starts it, on a database of its own. */
export async function installWith(urls: Readonly<Record<string, string>>, facts: object = {}): Promise<Installation> {
  const models = Object.entries(urls).map(([name, url]) => [name, { price, url, ...facts }]);
  const database = await createTestDatabase();
  const work = await startTestWork(database, { LLM_MODELS: JSON.stringify(Object.fromEntries(models)) });
  const engine = await startTestEngine(database, work.work);
  return {
    database,
    work,
    async stop() {
      await engine.stop();
      await work.stop();
      await database.stop();
    },
  };
}

type Run = Awaited<ReturnType<typeof untilRun>>;

/** A batch of `count` rows that `model` writes, approved wherever it waits for a person, to its end. */
export async function batchWith(
  { database, work }: Installation,
  model: string,
  { count, withinMs, ...options }: { count: number; withinMs: number } & Partial<BatchOptions>,
): Promise<{ run: Run; documents: DocumentRow[]; spentMicros: number; gates: string[] }> {
  const { batchId, runId } = await makeBatch(database, work.work.objects, rowsCsv(count), {
    model,
    formats: ['html'],
    budgetMicros: 1_000_000_000,
    ...options,
  });
  const gates: string[] = [];
  const run = await eventually(
    `the batch of ${model} ends`,
    async () => {
      const step = await approve(database, runId);
      if (step !== null) gates.push(step);
      const found = await untilRun(database, runId, 'is there', () => true);
      return found.ended_at !== null && found;
    },
    withinMs,
  );
  const { spent_micros: spent } = await kysely(database.system)
    .selectFrom('batch')
    .select('spent_micros')
    .where('id', '=', batchId)
    .executeTakeFirstOrThrow();
  return { run, documents: await documentsOf(database, batchId), spentMicros: Number(spent), gates };
}

/** Approves the open gate of a run, unless that is done already, and returns its step. */
async function approve(database: TestDatabase, runId: string): Promise<string | null> {
  const gate = await kysely(database.system)
    .selectFrom('gate')
    .selectAll()
    .where('run_id', '=', runId)
    .where('status', '=', 'open')
    .executeTakeFirst();
  if (!gate) return null;
  const { step, visit, round } = gate;
  const payload = { step, visit, round, generation: 0, outcome: 'approve', comment: null, form: null };
  const isFirst = await inWorkspace(database.app, database.workspaceId, (tx) =>
    sendToRun(tx, { workspaceId: database.workspaceId, runId, kind: 'gate', ref: gate.id, payload }),
  );
  return isFirst ? step : null;
}

const subject = (model: string): JourneyDefinition => ({
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

/** A journey with one step that `model` answers, to its end, and the step's effect. */
export async function journeyWith(
  { database }: Installation,
  model: string,
): Promise<{ run: Run; effect: { state: string; result: unknown; error: unknown; costMicros: number } }> {
  const { runId } = await startJourneyRun(database, subject(model));
  const run = await untilRun(database, runId, 'ends', (row) => row.ended_at !== null, 300_000);
  const { cost_micros: cost, ...effect } = await kysely(database.system)
    .selectFrom('effect')
    .select(['state', 'result', 'error', 'cost_micros'])
    .where('run_id', '=', runId)
    .executeTakeFirstOrThrow();
  return { run, effect: { ...effect, costMicros: Number(cost) } };
}
