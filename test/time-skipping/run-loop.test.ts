import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WorkflowContinuedAsNewError, type WorkflowHandle } from '@temporalio/client';
import { optionalTsToMs } from '@temporalio/common/lib/time.js';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type {
  ActionActivities,
  AdvanceAnswer,
  AdvanceInput,
  EngineActivities,
  HistoryLimits,
} from '../../contracts/core/engine.ts';
import { limits } from '../../contracts/core/limits.ts';
import { WAKE_SIGNAL } from '../../contracts/core/recorded-names.ts';
import { isListening } from '../../local/ports.ts';
import { startGuarded } from '../../local/processes/guarded.ts';
import { testPort } from '../support/ports.ts';
import '../support/quiet-runtime.ts';
import { settings } from '../support/settings.ts';
import { workflowBundle } from '../../worker/workflow-bundle.ts';

const program = process.env['TL_TEST_TIME_SKIPPING'];
const dayMs = 86_400_000;

/** An engine that keeps the turn in memory, as Postgres does in life: `days` waits of a day each, then the end. */
function createDailyEngine(days: number): EngineActivities & { asked: AdvanceInput[]; dueAt: number | null } {
  let head = 0;
  let ended = false;
  const daily = {
    asked: [] as AdvanceInput[],
    dueAt: null as number | null,
    advanceRun(input: AdvanceInput): Promise<AdvanceAnswer> {
      daily.asked.push(input);
      if (input.turn === head + 1) {
        head += 1;
        if (daily.dueAt === null || input.at >= daily.dueAt) daily.dueAt = input.at + dayMs;
        ended = head > days;
      }
      const dueAt = new Date(daily.dueAt ?? input.at).toISOString();
      return Promise.resolve({ turn: head, open: [], dueAt, more: false, ended });
    },
  };
  return daily;
}

const minuteMs = 60_000;

/**
 * An engine of a run that never ends and whose first action is retried without end; each turn is 10 minutes long and opens one more, which
 * is open until it is done.
 */
function createStuckEngine(): EngineActivities & Pick<ActionActivities, 'takeSeat' | 'updateContact'> {
  let head = 0;
  let dueAt = 0;
  const done = new Set<string>();
  return {
    advanceRun({ turn, at }) {
      if (turn === head + 1 && at >= dueAt) {
        head += 1;
        dueAt = at + 10 * minuteMs;
      }
      const asked = Array.from({ length: head }, (_, index) => ({
        key: `0/s${index}/1`,
        activity: index === 0 ? ('takeSeat' as const) : ('updateContact' as const),
      }));
      return Promise.resolve({
        turn: head,
        open: asked.filter(({ key }) => !done.has(key)),
        dueAt: new Date(dueAt).toISOString(),
        more: false,
        ended: false,
      });
    },
    takeSeat: () => Promise.reject(new Error('away')),
    updateContact({ key }) {
      done.add(key);
      return Promise.resolve();
    },
  };
}

describe('the run loop over months of virtual time', () => {
  let skipping: Skipping | undefined;
  /** Whether an execution has ended beside an open action; its server may skip no time any more (temporalio/sdk-java#1138). */
  let isSpent = false;
  beforeEach(async ({ skip }) => {
    if (!program) return skip('the time-skipping server needs Java and Maven');
    if (isSpent) await skipping?.stop();
    if (isSpent || !skipping) skipping = await startSkipping(program);
    isSpent = false;
  });
  afterAll(() => skipping?.stop());

  async function run(
    engine: EngineActivities,
    work: (env: TestWorkflowEnvironment, taskQueue: string) => Promise<void>,
  ): Promise<void> {
    if (!skipping) throw new Error('No environment');
    const { env } = skipping;
    const taskQueue = `skip-${randomUUID()}.core`;
    const home = fileURLToPath(new URL('../../.throughline/cache', import.meta.url));
    const { codePath } = await workflowBundle(home);
    const worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue,
      workflowBundle: { codePath },
      activities: engine,
    });
    await worker.runUntil(() => work(env, taskQueue));
  }

  it('waits 90 days in as many turns, each once and on its day', async () => {
    const engine = createDailyEngine(90);
    await run(engine, async (environment, taskQueue) => {
      const startMs = await environment.currentTimeMs();
      await environment.client.workflow.execute('journeyWorkflow', {
        workflowId: randomUUID(),
        taskQueue,
        args: [{ workspaceId: 'w', runId: 'r' }],
      });
      expect(Math.round(((await environment.currentTimeMs()) - startMs) / dayMs)).toBe(90);
    });
    expect(engine.asked.map((input) => input.turn)).toEqual(Array.from({ length: 91 }, (_, index) => index + 1));
  });

  it('is woken by a signal in the middle of a wait, and goes on waiting', async () => {
    const engine = createDailyEngine(3);
    await run(engine, async (environment, taskQueue) => {
      const handle = await environment.client.workflow.start('journeyWorkflow', {
        workflowId: randomUUID(),
        taskQueue,
        args: [{ workspaceId: 'w', runId: 'r' }],
      });
      await environment.sleep(dayMs / 2);
      const before = engine.asked.length;
      await handle.signal(WAKE_SIGNAL);
      await handle.result();
      expect(engine.asked.length).toBe(before + 3);
      // The turn that the wake-up brought came half a day before the first wait was over.
      expect((engine.asked[before]?.at ?? 0) - (engine.asked[0]?.at ?? 0)).toBeLessThan(dayMs * 0.9);
    });
  });

  it('continues as new where its history has grown, with the turn it was at', async () => {
    const history = settings.drain.isHistoryWhole ? {} : { maxEvents: 60 };
    // A turn with its timer is six events, so this is more than one history's worth.
    const days = Math.ceil((history.maxEvents ?? limits.maxEvents) / 6) + 20;
    const engine = createDailyEngine(days);
    await run(engine, async ({ client }, taskQueue) => {
      const workflowId = randomUUID();
      const handle = await client.workflow.start('journeyWorkflow', {
        workflowId,
        taskQueue,
        args: [{ workspaceId: 'w', runId: 'r', history }],
      });
      await handle.result();
      const last = await client.workflow.getHandle(workflowId).describe();
      expect(last.runId).not.toBe(handle.firstExecutionRunId);
    });
    const turns = engine.asked.map((input) => input.turn);
    expect(turns).toEqual(Array.from({ length: days + 1 }, (_, index) => index + 1));
  });

  /** Runs beside an action that is retried without end. @returns the history of its first execution, which another follows */
  async function firstOfStuck(history: Partial<HistoryLimits>): Promise<HistoryEvent[]> {
    let events: HistoryEvent[] | null | undefined;
    isSpent = true;
    await run(createStuckEngine(), async ({ client }, taskQueue) => {
      const workflowId = randomUUID();
      const first = await client.workflow.start('journeyWorkflow', {
        workflowId,
        taskQueue,
        args: [{ workspaceId: 'w', runId: 'r', history }],
        followRuns: false,
      });
      await expect(first.result()).rejects.toThrow(WorkflowContinuedAsNewError);
      ({ events } = await client.workflow.getHandle(workflowId, first.firstExecutionRunId).fetchHistory());
      await client.workflow.getHandle(workflowId).terminate();
    });
    return events ?? [];
  }

  it('starts nothing new once its history is long, and waits for what is in flight up to a bound', async () => {
    const events = await firstOfStuck({ maxEvents: 12, drainMs: 30 * minuteMs });
    const [began] = events.filter((event) => event.markerRecordedEventAttributes?.markerName === 'core_patch');
    expect(Math.round((timeOf(events.at(-1)) - timeOf(began)) / minuteMs)).toBe(30);
    const isStarted = (event: HistoryEvent): boolean => Boolean(event.activityTaskScheduledEventAttributes);
    expect(events.filter(isStarted).length).toBeGreaterThan(1);
    expect(events.slice(events.indexOf(began ?? {})).filter(isStarted)).toEqual([]);
  });

  it('waits for nothing any more where its history has grown to five times the limit', async () => {
    const events = await firstOfStuck({ maxEvents: 12, drainMs: dayMs });
    expect(events.length).toBeGreaterThan(5 * 12);
    expect(events.length).toBeLessThan(5 * 12 + 12);
  });
});

/**
 * Starts a server, and waits for it as long as Java needs on a busy machine. The SDK would start it as well, but gives it 5 s; it can use one that
 * is there by a function that it keeps for itself.
 */
async function startSkipping(command: string): Promise<Skipping> {
  const port = await testPort('time skipping');
  const log = join(mkdtempSync(join(tmpdir(), 'tl-skipping-')), 'server.log');
  const server = startGuarded({ command, args: [String(port)], log });
  let isOver = false;
  void server.exited.then(() => (isOver = true));
  while (!(await isListening(port, 1_000))) {
    if (isOver) throw new Error(`The time-skipping server did not start; its log is ${log}.`);
  }
  const there = { server: { type: 'existing' }, supportsTimeSkipping: true, address: `127.0.0.1:${port}` };
  const env = (await TestWorkflowEnvironment['create'](there)) as TestWorkflowEnvironment;
  const stop = async (): Promise<void> => {
    await env.teardown();
    await server.stop();
  };
  return { env, stop };
}

type Skipping = { env: TestWorkflowEnvironment; stop(): Promise<void> };

type HistoryEvent = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>[number];

function timeOf(event: HistoryEvent | undefined): number {
  return optionalTsToMs(event?.eventTime) ?? 0;
}
