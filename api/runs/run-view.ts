import { z } from 'zod';
import { type RewindPreview, Run, RunDetail, RunTrouble, Step } from '../../contracts/runs/runs-api.schema.ts';
import { runKindOf, RunSubject } from '../../contracts/runs/run-kinds.schema.ts';
import type { EffectRow } from '../../platform/db/runs/effects.ts';
import type { doneSince } from '../../platform/db/views/runs/run-turns-list.ts';
import type { ListedRun, listSteps, waitsOf } from '../../platform/db/views/runs/runs-list.ts';
import { effectOf } from './effect-view.ts';
import type { FoundFailure } from './run-failure.ts';

/** A run's row as a list shows it. */
export function runOf(row: ListedRun): Run {
  return {
    id: row.id,
    kind: Run.shape.kind.parse(row.kind),
    title: row.title,
    status: Run.shape.status.parse(row.status),
    waitingFor: Run.shape.waitingFor.parse(row.waiting_for),
    currentStep: row.current_step,
    nextDueAt: row.step_due_at?.toISOString() ?? null,
    outcome: row.outcome,
    reason: row.reason,
    contact:
      row.contact_id !== null && row.external_id !== null
        ? { id: row.contact_id, externalId: row.external_id, name: row.contact_name }
        : null,
    subject: row.subject === null ? null : RunSubject.parse(row.subject),
    stepTitle: row.step_title,
    stepSince: row.step_since?.toISOString() ?? null,
    attempts: row.attempts,
    costMicros: Number(row.effect_cost),
    trouble: row.trouble === null ? null : RunTrouble.parse(row.trouble),
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
  /** Where a run that failed did so. */
  found: FoundFailure | null;
};

/** A run with its current facts, and what `caller` may ask of it. */
export function runDetailOf(row: ListedRun, read: RunFacts, mayOperate: boolean): RunDetail {
  return {
    ...runOf(row),
    execution: row.pool === null ? 'dedicated' : 'pooled',
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
    failure: read.found?.failure ?? null,
    operations: mayOperate ? operationsOf(row, read.found) : [],
  };
}

/** Whether a run that has ended can go back to an earlier turn. */
export function canRewindEnded({ status, kind }: ListedRun): boolean {
  return status === 'failed' && runKindOf(kind)?.canRewind === true;
}

/**
 * A run that has ended is taken up where it failed or was terminated, and a journey begun once more. Where its contact was erased there is nothing
 * to do.
 */
function operationsOf(row: ListedRun, found: FoundFailure | null): RunDetail['operations'] {
  const { ended_at: endedAt, status, kind } = row;
  if (endedAt !== null) {
    if (row.external_id === null) return [];
    const again = runKindOf(kind)?.canRestart ? (['restart'] as const) : [];
    if (status === 'terminated') return [...(runKindOf(kind)?.canRetry ? (['retry'] as const) : []), ...again];
    const back = canRewindEnded(row) && row.turn > 1 ? (['rewind'] as const) : [];
    return [...(found?.repairs ?? []), ...back, ...again];
  }
  return [
    status === 'paused' ? 'resume' : 'pause',
    ...(runKindOf(kind)?.canRewind ? (['rewind'] as const) : []),
    'cancel',
    'terminate',
  ];
}

/**
 * What a rewind keeps and what it asks for again: model calls are made again, and what was refused or left out is tried once more; what else
 * was done, or may have been, is not done twice.
 */
export function previewOf({ effects, decisions }: Awaited<ReturnType<typeof doneSince>>): RewindPreview {
  const lines: Omit<RewindPreview, 'decisions'> = { kept: [], repeated: [], retried: [] };
  for (const { id, kind, title, at, mode, wasRefused } of effects) {
    const list = mode === 'repeatable' ? lines.repeated : wasRefused ? lines.retried : lines.kept;
    list.push({ effectId: id, kind, title, at: at.toISOString() });
  }
  return { ...lines, decisions };
}

type StepRow = Awaited<ReturnType<typeof listSteps>>[number];

/** A line of the timeline with the effects of this visit and generation. */
export function stepOf(row: StepRow, effects: (EffectRow & { delivery?: unknown })[]): Step {
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
