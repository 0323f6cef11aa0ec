import { sql } from 'kysely';
import type { JourneyDefinition } from '../../../contracts/journeys/journey.schema.ts';
import type { StepChange } from '../../../contracts/core/machine.ts';
import { advance } from '../../../domain/journeys/advance.ts';
import { GOAL } from '../../../domain/journeys/receive.ts';
import { upgradeState, type StoredState } from '../../../domain/journeys/state.ts';
import { eventsForGoal } from '../runs/waits.ts';
import { ofRun, readRun, stateOfTurn, type RunRow } from '../runs/turns.ts';
import { kysely } from '../core/kysely.ts';
import { readTogether } from '../core/readings.ts';
import type { Tx } from '../core/workspace.ts';
import { journeyFacts, loadDefinition } from './journey-runs.ts';

/**
 * Counts the goal of a run that has ended, where a stored event reaches it: by the run's own rules, as if it were still live. Repeatable. The
 * contact's row must be locked. `known` is the definition that the run follows, where the caller has it.
 */
export async function reachGoalAfterEnd(
  tx: Tx,
  workspaceId: string,
  runId: string,
  known?: JourneyDefinition,
): Promise<void> {
  const mailbox = await eventsForGoal(tx, workspaceId, runId);
  const run = await readRun(tx, workspaceId, runId);
  if (mailbox.length === 0 || !run) return;
  const { facts, stored } = await readTogether(tx, {
    facts: journeyFacts({ workspaceId, runId }),
    stored: stateOfTurn(ofRun(run)),
  });
  const { versionId, contact, workspaceZone } = facts;
  const definition = known ?? ((await loadDefinition(tx, workspaceId, versionId)) as JourneyDefinition);
  if (stored === null) return;
  const now = new Date().toISOString();
  const last = upgradeState(stored as unknown as StoredState);
  // What was terminated stands where it was: its steps are over all the same.
  const state = { ...last, end: last.end ?? { status: 'exited' as const, reason: run.reason ?? '' } };
  const { steps } = advance(definition, state, { now, contact, mailbox, workspaceZone });
  const goal = steps.find(({ step }) => step === GOAL);
  if (goal) await noteGoal(tx, run, goal);
}

async function noteGoal(tx: Tx, run: RunRow, goal: StepChange): Promise<void> {
  const own = sql`workspace_id = ${run.workspace_id} and run_id = ${run.id}`;
  await sql`
    insert into step (workspace_id, run_id, generation, step, visit, kind, title, status, detail, started_at, ended_at)
    values (${run.workspace_id}, ${run.id}, ${run.generation}, ${goal.step}, ${goal.visit}, ${goal.kind}, ${goal.title}, ${goal.status},
      ${JSON.stringify(goal.detail ?? {})}::jsonb, ${goal.startedAt}, ${goal.endedAt})
    on conflict do nothing`.execute(kysely(tx));
  await sql`delete from wait where ${own} and purpose = 'goal'`.execute(kysely(tx));
  await sql`update run set rev = rev + 1, updated_at = now() where workspace_id = ${run.workspace_id} and id = ${run.id}`.execute(
    kysely(tx),
  );
}
