import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunInput } from '../../contracts/core/engine.ts';
import { taskQueue } from '../../contracts/core/queues.ts';
import { WAKE_SIGNAL } from '../../contracts/core/recorded-names.ts';
import { sendToRun } from '../../platform/db/runs/runs.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { startBackground, type Background } from '../../worker/background/background.ts';
import { dispatchOnce } from '../../worker/background/dispatcher.ts';
import { makeBatch, rowsCsv } from '../support/batches.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startTestEngine, type TestEngine } from '../support/engine.ts';
import { eventually } from '../support/eventually.ts';
import { recordHistory } from '../support/record-history.ts';
import { settings } from '../support/settings.ts';
import { untilRun } from '../support/toy-runs.ts';
import { startTestWork, type TestWork } from '../support/worker.ts';

/** Two chunks of a batch in flight are more than a history this short holds: nearly each execution drains. */
const history = { maxEvents: 12 };
const { documents, withinMs } = settings.drain;

type HistoryEvent = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>[number];

describe('a batch whose history is too long again and again', () => {
  let database: TestDatabase;
  let work: TestWork;
  let engine: TestEngine;
  let dispatcher: Background | undefined;
  beforeAll(async () => {
    database = await createTestDatabase();
    work = await startTestWork(database);
    // The test starts the run itself, with the limits above.
    engine = await startTestEngine(database, work.work, { called: ['dispatcher'] });
  });
  afterAll(async () => {
    await dispatcher?.stop();
    await engine?.stop();
    await work?.stop();
    await database?.stop();
  });

  async function start(runId: string): Promise<string> {
    const input: RunInput = { workspaceId: database.workspaceId, runId, history };
    const handle = await engine.temporal.client.workflow.signalWithStart('batchWorkflow', {
      workflowId: `batch-run/${runId}`,
      taskQueue: taskQueue(engine.deployment, 'core'),
      args: [input],
      signal: WAKE_SIGNAL,
      signalArgs: [],
    });
    dispatcher = startBackground(
      [{ name: 'dispatcher', everyMs: 100, run: () => dispatchOnce(engine.tasks) }],
      engine.tasks.log,
    );
    return handle.signaledRunId;
  }

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

  /** The histories of all executions of the run, by their ids, from the first on. */
  async function executions(workflowId: string, first: string): Promise<Map<string, HistoryEvent[]>> {
    const found = new Map<string, HistoryEvent[]>();
    for (let id: string | null | undefined = first; id;) {
      const { events } = await engine.temporal.client.workflow.getHandle(workflowId, id).fetchHistory();
      found.set(id, events ?? []);
      id = events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
    }
    return found;
  }

  it(
    `asks the model once for each of its ${documents} documents`,
    async () => {
      // Longer than an activity takes to learn that its execution is gone: what is thrown away then is asked again.
      work.doubles.llm.configure({ latencyMs: 2_500 });
      const { runId } = await makeBatch(database, work.work.objects, rowsCsv(documents), {
        window: 50,
        review: 'none',
        formats: ['html'],
        budgetMicros: 1_000_000_000,
      });
      const first = await start(runId);
      await approve(runId);
      const run = await untilRun(database, runId, 'ends', (row) => row.ended_at !== null, withinMs);
      expect(run).toMatchObject({ status: 'completed', outcome: 'completed' });
      expect(work.doubles.journals.llm.entries()).toHaveLength(documents);

      const all = await executions(run.workflow_id, first);
      expect(all.size).toBeGreaterThan(documents / 150);
      for (const events of all.values()) {
        expect(events.filter(isCompleted)).toHaveLength(events.filter(isScheduled).length);
      }
      const drained = [...all].filter(([, events]) => events.slice(events.findIndex(isPatch)).some(isCompleted));
      expect(drained.length).toBeGreaterThan(1);
      await recordHistory(engine.temporal, run.workflow_id, 'batch-drained-2026-11', drained[0]?.[0]);
    },
    withinMs + 60_000,
  );
});

const isPatch = (event: HistoryEvent): boolean => event.markerRecordedEventAttributes?.markerName === 'core_patch';
const isScheduled = (event: HistoryEvent): boolean => Boolean(event.activityTaskScheduledEventAttributes);
const isCompleted = (event: HistoryEvent): boolean => Boolean(event.activityTaskCompletedEventAttributes);
