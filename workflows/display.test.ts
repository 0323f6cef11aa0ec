import type { WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { searchAttributes } from '../contracts/core/search-attributes.ts';
import { beat, leave } from '../platform/db/runs/heartbeats.ts';
import { sendToRun } from '../platform/db/runs/runs.ts';
import { inWorkspace } from '../platform/db/core/workspace.ts';
import { createTestDatabase, type TestDatabase } from '../test/support/database.ts';
import { startTestEngine, type TestEngine } from '../test/support/engine.ts';
import { eventually } from '../test/support/eventually.ts';
import { toyActions } from '../test/support/toy-actions.ts';
import { toyKind } from '../test/support/toy-kind.ts';
import { startToyRun, untilRun } from '../test/support/toy-runs.ts';
import { registerAttributes } from '../worker/background/tasks.ts';

/** The events whose summaries are read, by the name under which an event holds what it is about. */
type EventKind =
  | 'activityTaskScheduledEventAttributes'
  | 'timerStartedEventAttributes'
  | 'upsertWorkflowSearchAttributesEventAttributes';

async function summaries(handle: WorkflowHandle, kind: EventKind): Promise<string[]> {
  const { events } = await handle.fetchHistory();
  const found = (events ?? []).filter((event) => event[kind]);
  return found.map(({ userMetadata }) =>
    userMetadata?.summary ? defaultPayloadConverter.fromPayload<string>(userMetadata.summary) : '',
  );
}

async function currentDetails(handle: WorkflowHandle): Promise<string> {
  const { currentDetails } = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
  return currentDetails;
}

const kind = toyKind([
  { kind: 'action', activity: 'updateContact' },
  { kind: 'wait', event: 'Login', ms: 3_600_000 },
]);

describe('what Temporal’s own UI shows of a run', () => {
  let database: TestDatabase;
  let engine: TestEngine;
  beforeAll(async () => {
    database = await createTestDatabase();
    const parts = { kinds: { journey: kind }, actions: toyActions(database) };
    engine = await startTestEngine(database, parts, { called: ['search-attributes'] });
  });
  afterAll(async () => {
    await engine?.stop();
    await database?.stop();
  });

  async function startAndWait(): Promise<{ runId: string; handle: WorkflowHandle; dueAt: string }> {
    const { runId } = await startToyRun(database);
    const run = await untilRun(database, runId, 'waits for the event', (row) => row.current_step === 's1');
    const handle = engine.temporal.client.workflow.getHandle(run.workflow_id);
    await eventually(
      'the wait is in the history',
      async () => (await summaries(handle, 'timerStartedEventAttributes')).length > 0,
    );
    return { runId, handle, dueAt: run.next_due_at?.toISOString() ?? '' };
  }
  async function exit(runId: string): Promise<void> {
    const { workspaceId } = database;
    await inWorkspace(database.app, workspaceId, (tx) =>
      sendToRun(tx, { workspaceId, runId, kind: 'exit', ref: 'x', payload: {} }),
    );
    await untilRun(database, runId, 'ends', (row) => row.ended_at !== null);
  }

  it('is a link, and the step and status where the cluster does not know the search attributes', async () => {
    expect(engine.tasks.attributes.isUsable()).toBe(false);
    const { runId, handle, dueAt } = await startAndWait();
    expect(await currentDetails(handle)).toBe(
      `[Run ${runId} in Throughline](http://127.0.0.1:4400/runs/${runId})\n\n**waiting** at \`s1\`, until ${dueAt} at the latest`,
    );
    await exit(runId);
    expect(await summaries(handle, 'upsertWorkflowSearchAttributesEventAttributes')).toEqual([]);
  });

  it('is in its search attributes too where the cluster knows them, and each action and timer says what it is for', async () => {
    await registerAttributes(engine.tasks);
    expect(engine.tasks.attributes.isUsable()).toBe(true);
    const { runId, handle, dueAt } = await startAndWait();
    const waiting = await handle.describe();
    expect(await waiting.staticSummary()).toBe(`journey run ${runId}`);
    expect(await waiting.staticDetails()).toBe(`[Run ${runId} in Throughline](http://127.0.0.1:4400/runs/${runId})`);
    expect(waiting.searchAttributes).toMatchObject({
      [searchAttributes.status]: ['waiting'],
      [searchAttributes.step]: ['s1'],
    });
    expect(await summaries(handle, 'activityTaskScheduledEventAttributes')).toEqual(['s0/1']);
    expect(await summaries(handle, 'timerStartedEventAttributes')).toEqual([`s1 until ${dueAt}`]);
    await exit(runId);
    const ended = await eventually('closed in Temporal', async () => {
      const found = await handle.describe();
      return found.status.name === 'COMPLETED' && found;
    });
    expect(ended.searchAttributes[searchAttributes.status]).toEqual(['exited']);
    // What has been taken away is null, or is not there.
    expect(ended.searchAttributes[searchAttributes.step]?.[0] ?? null).toBeNull();
    expect(await currentDetails(handle)).toMatch(/\*\*exited\*\*$/);
    // At the action, at the wait and at the end.
    expect(await summaries(handle, 'upsertWorkflowSearchAttributesEventAttributes')).toHaveLength(3);
  });

  it('is not in the search attributes while a worker of another build runs, which might not know how to replay that', async () => {
    const old = { process: 'old', queues: ['core' as const], build: 'another' };
    await beat(database.system, old);
    await registerAttributes(engine.tasks);
    const { runId, handle } = await startAndWait();
    await exit(runId);
    expect(await summaries(handle, 'upsertWorkflowSearchAttributesEventAttributes')).toEqual([]);
    await leave(database.system, old.process);
    await registerAttributes(engine.tasks);
    expect(engine.tasks.attributes.isUsable()).toBe(true);
  });
});
