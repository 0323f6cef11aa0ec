import { z } from 'zod';
import { Run, RunDetail, Step } from '../../contracts/api/runs.schema.ts';
import type { EffectRow } from '../../platform/db/effects.ts';
import type { ListedRun, listSteps, RunSummary, waitsOf } from '../../platform/db/runs-list.ts';
import { effectOf } from '../http/effect-view.ts';

/** A run's row as a list shows it. */
export function runOf(row: RunSummary): Run {
  return {
    id: row.id,
    kind: Run.shape.kind.parse(row.kind),
    title: row.title,
    status: Run.shape.status.parse(row.status),
    waitingFor: Run.shape.waitingFor.parse(row.waiting_for),
    currentStep: row.current_step,
    nextDueAt: row.next_due_at?.toISOString() ?? null,
    outcome: row.outcome,
    reason: row.reason,
    contact:
      row.contact_id !== null && row.external_id !== null ? { id: row.contact_id, externalId: row.external_id } : null,
    startedAt: row.started_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    rev: Number(row.rev),
  };
}

const Open = z.array(z.object({ id: z.string(), activity: z.string(), step: z.string() }));

/** What is read beside the run's row. */
export type RunFacts = {
  facts: Record<string, unknown>;
  waits: Awaited<ReturnType<typeof waitsOf>>;
  gateIds: string[];
  unreadInbox: number;
};

/** A run with its current facts. */
export function runDetailOf(row: ListedRun, read: RunFacts): RunDetail {
  return {
    ...runOf(row),
    workflowId: row.workflow_id,
    temporalRunId: row.temporal_run_id,
    entryKey: row.entry_key,
    turn: row.turn,
    generation: row.generation,
    facts: read.facts,
    open: Open.parse(row.open),
    waits: read.waits.map((wait) => ({
      eventName: wait.event_name,
      key: wait.key,
      step: wait.step,
      purpose: RunDetail.shape.waits.element.shape.purpose.parse(wait.purpose),
      dueAt: wait.due_at?.toISOString() ?? null,
    })),
    gateIds: read.gateIds,
    unreadInbox: read.unreadInbox,
  };
}

type StepRow = Awaited<ReturnType<typeof listSteps>>[number];

/** A line of the timeline with the effects of this visit and generation. */
export function stepOf(row: StepRow, effects: EffectRow[]): Step {
  const own = effects.filter(
    (effect) => effect.step === row.step && effect.visit === row.visit && effect.generation === row.generation,
  );
  return {
    step: row.step,
    visit: row.visit,
    generation: row.generation,
    kind: row.kind,
    title: row.title,
    status: Step.shape.status.parse(row.status),
    waitingFor: row.waiting_for,
    detail: row.detail,
    startedAt: row.started_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    dueAt: row.due_at?.toISOString() ?? null,
    effects: own.map(effectOf),
  };
}
