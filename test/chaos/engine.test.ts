import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runKinds } from '../../contracts/runs/run-kinds.schema.ts';
import { taskQueue } from '../../contracts/core/queues.ts';
import { WAKE_SIGNAL } from '../../contracts/core/recorded-names.ts';
import { sendToRun } from '../../platform/db/runs/runs.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { workflowBundle } from '../../worker/workflow-bundle.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startTestEngine, testDeployment, type TestEngine } from '../support/engine.ts';
import { openTestTemporal, testTemporalAddress } from '../support/temporal-address.ts';
import { eventually } from '../support/eventually.ts';
import { everyKind, toyKind, type ToyAct } from '../support/toy-kind.ts';
import { toyActions } from '../support/toy-actions.ts';
import { readRun, received, startToyRun, untilRun } from '../support/toy-runs.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const script: ToyAct[] = [
  { kind: 'action', activity: 'updateContact' },
  { kind: 'delay', ms: 200 },
  { kind: 'action', activity: 'upsertCrm' },
  { kind: 'wait', event: 'Login' },
  { kind: 'action', activity: 'sendMessage' },
];

/** Counts how often each action of a run did its work. */
function countingActions(database: TestDatabase, done: string[]) {
  return toyActions(database, (_, input) => done.push(`${input.runId} ${input.key}`));
}

/** A process starts and dies, and executions are reset one by one. */
const slowMs = 120_000;

describe('the engine under faults', () => {
  let database: TestDatabase;
  let engine: TestEngine | undefined;
  const done: string[] = [];
  const start = async (acts: ToyAct[]): Promise<TestEngine> => {
    const kind = toyKind(acts);
    engine = await startTestEngine(database, {
      kinds: everyKind(kind),
      actions: countingActions(database, done),
    });
    return engine;
  };
  const login = (runId: string): Promise<boolean> =>
    inWorkspace(database.app, database.workspaceId, (tx) =>
      sendToRun(tx, {
        workspaceId: database.workspaceId,
        runId,
        kind: 'event',
        ref: 'login',
        payload: { name: 'Login', step: 's3', visit: 1, purpose: 'wait' },
      }),
    );

  /**
   * Starts a run as the dispatcher would, but with workflow tasks that count as lost after 2 s: that long, else 10 s, Temporal waits for
   * a worker that died in one.
   */
  const startInTemporal = async (runId: string): Promise<void> => {
    const temporal = openTestTemporal();
    const { workflow_id: workflowId } = await readRun(database, runId);
    await temporal.client.workflow.signalWithStart(runKinds.journey.workflow, {
      workflowId,
      taskQueue: taskQueue(testDeployment(database), 'core'),
      args: [{ workspaceId: database.workspaceId, runId }],
      signal: WAKE_SIGNAL,
      signalArgs: [],
      workflowTaskTimeout: '2s',
    });
    await kysely(database.system).deleteFrom('outbox').where('run_id', '=', runId).execute();
    await temporal.close();
  };

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(async () => {
    await engine?.stop();
    await database?.stop();
  });

  it(
    'loses no wake-up when the worker dies between a turn’s commit and Temporal’s record of it',
    async () => {
      const waits: ToyAct[] = [{ kind: 'wait', event: 'Login' }];
      const { codePath } = await workflowBundle(join(root, '.throughline/cache'));
      const { runId } = await startToyRun(database);
      await startInTemporal(runId);
      const options = {
        config: database.config,
        address: testTemporalAddress(),
        deployment: testDeployment(database),
        codePath,
        script: waits,
        dieAtTurn: 1,
      };
      const dying = spawn(process.execPath, [join(root, 'test/support/dying-worker.ts'), JSON.stringify(options)], {
        stdio: 'inherit',
      });
      const [, signal] = (await once(dying, 'exit')) as [number | null, string | null];
      expect(signal).toBe('SIGKILL');
      await untilRun(database, runId, 'has made its turn', (run) => run.turn === 1);
      await inWorkspace(database.app, database.workspaceId, (tx) =>
        sendToRun(tx, {
          workspaceId: database.workspaceId,
          runId,
          kind: 'event',
          ref: 'login',
          payload: { name: 'Login', step: 's0', visit: 1, purpose: 'wait' },
        }),
      );
      await start(waits);
      await untilRun(database, runId, 'has received the wake-up', (run) => run.status === 'completed');
      await engine?.stop();
      engine = undefined;
    },
    slowMs,
  );

  it(
    'ends the same after a reset from Temporal at each of its turns: nothing done twice, no past wait repeated',
    async () => {
      const running = await start(script);
      const { runId } = await startToyRun(database);
      const waiting = await untilRun(database, runId, 'waits for the event', (run) => run.current_step === 's3');
      const handle = running.temporal.client.workflow.getHandle(waiting.workflow_id);
      // Postgres knows of a turn before Temporal has recorded it.
      const turns = await eventually('the turns are recorded', async () => {
        const { events } = await handle.fetchHistory();
        const completed = events?.filter((event) => event.workflowTaskCompletedEventAttributes) ?? [];
        return completed.length >= 4 && completed.flatMap((event) => event.eventId ?? []);
      });
      let execution = waiting.temporal_run_id;
      for (const eventId of turns) {
        await running.temporal.client.workflowService.resetWorkflowExecution({
          namespace: 'default',
          workflowExecution: { workflowId: waiting.workflow_id, runId: waiting.temporal_run_id },
          reason: 'chaos',
          requestId: crypto.randomUUID(),
          workflowTaskFinishEventId: eventId,
        });
        const moved = await untilRun(
          database,
          runId,
          'goes on in a new execution',
          (run) => run.temporal_run_id !== execution,
        );
        expect(moved).toMatchObject({ turn: waiting.turn, current_step: 's3', ended_at: null });
        execution = moved.temporal_run_id;
      }
      await login(runId);
      const ended = await untilRun(database, runId, 'ends', (run) => run.ended_at !== null);
      expect(ended.status).toBe('completed');
      expect(done.filter((line) => line.startsWith(runId))).toEqual([
        `${runId} 0/s0/1`,
        `${runId} 0/s2/1`,
        `${runId} 0/s4/1`,
      ]);
      expect(await received(database, runId)).toEqual([
        'performed:s0/1',
        'performed:s2/1',
        'event:login',
        'performed:s4/1',
      ]);
      await eventually('closed in Temporal', async () => (await handle.describe()).status.name === 'COMPLETED');
    },
    slowMs,
  );
});
