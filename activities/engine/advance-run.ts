import { ApplicationFailure } from '@temporalio/activity';
import type { AdvanceAnswer, AdvanceInput, EngineActivities, OpenAction } from '../../contracts/core/engine.ts';
import { failureTypes } from '../../contracts/core/failures.ts';
import { limits } from '../../contracts/core/limits.ts';
import type { Action } from '../../contracts/core/actions.ts';
import type { Advanced, JsonObject, MailboxItem } from '../../contracts/core/machine.ts';
import { ACTION_DONE } from '../../contracts/core/recorded-names.ts';
import { expireGates, matchGates } from '../../platform/db/gates/gates.ts';
import { openIncident } from '../../platform/db/runs/incidents.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import { enqueueMessage } from '../../platform/db/runs/runs.ts';
import {
  adoptExecution,
  hasUnread,
  lockRun,
  stateOfTurn,
  unreadMessages,
  writeTurn,
  type LockedRun,
  type RunRow,
} from '../../platform/db/runs/turns.ts';
import { noFacts, readOne, readTogether } from '../../platform/db/core/readings.ts';
import { inWorkspace, type Tx } from '../../platform/db/core/workspace.ts';
import { applyRewind } from './rewind.ts';
import { displayRun, type DisplayDeps, type RunPlace } from './run-display.ts';
import type { RunKind } from './run-kind.ts';

/** What the engine needs. `now` is the turn's clock: the database's by default; time-skipping tests pass the workflow's. */
export type EngineDeps = {
  db: Db;
  /** By the name of the kind. */
  kinds: Readonly<Record<string, RunKind>>;
  now?: (tx: Tx, workflowClock: number) => Promise<Date>;
  temporalRunId?: () => string | null;
  /** Without it, Temporal's own UI shows nothing of a run. */
  display?: DisplayDeps;
};

/** The engine's activities: one transaction a turn, by the rules of docs/architecture.md. */
export function createEngineActivities(deps: EngineDeps): EngineActivities {
  return {
    async advanceRun(input) {
      try {
        return await inWorkspace(deps.db, input.workspaceId, (tx) => advanceRun(deps, tx, input));
      } catch (error) {
        if (error instanceof TurnFault) await reportFault(deps.db, input, error);
        throw error;
      }
    },
  };
}

/** A turn cannot be made. The run stays where it was, and an incident of this kind says so. */
class TurnFault extends Error {
  readonly incident: 'engine.fault' | 'run.stateTooLarge';

  constructor(incident: TurnFault['incident'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.incident = incident;
  }
}

async function advanceRun(deps: EngineDeps, tx: Tx, input: AdvanceInput): Promise<AdvanceAnswer> {
  const run = await lockRun(tx, input.workspaceId, input.runId);
  if (!run) throw ApplicationFailure.nonRetryable(`No run ${input.runId}`, failureTypes.runNotFound);
  // An ended run receives nothing any more, and what a failure says may be of a person who was erased.
  for (const failure of run.ended_at === null ? input.failures : []) {
    const payload = { type: failure.type, message: failure.message };
    await enqueueMessage(tx, { ...input, kind: 'failed', ref: failure.key, payload });
  }
  const temporalRunId = deps.temporalRunId?.() ?? null;
  const isNext = input.turn === run.turn + 1 && run.ended_at === null;
  const answer = isNext ? await makeTurn(deps, tx, run, input, temporalRunId) : null;
  if (answer) return answer;
  if (temporalRunId !== null && temporalRunId !== run.temporal_run_id) await adoptExecution(tx, run, temporalRunId);
  return answerFor(deps, run, !isNext && (await hasUnread(tx, run)));
}

/** Makes the next turn; null when nothing has happened and nothing is due. */
async function makeTurn(
  deps: EngineDeps,
  tx: Tx,
  run: LockedRun,
  input: AdvanceInput,
  temporalRunId: string | null,
): Promise<AdvanceAnswer | null> {
  const now = deps.now ? await deps.now(tx, input.at) : run.now;
  const isDue = run.next_due_at !== null && run.next_due_at <= now;
  if (isDue) await expireGates(tx, run, now);
  const kind = deps.kinds[run.kind];
  const facts = kind?.facts?.(run) ?? noFacts;
  const read = await readTogether(tx, { unread: unreadMessages(run), state: stateOfTurn(run, run.turn), facts });
  if (read.unread.length === 0 && !isDue && run.turn > 0) return null;

  if (!kind) throw new TurnFault('engine.fault', `This worker knows no runs of kind ${run.kind}`);
  const rewound = await applyRewind(tx, run, read.unread);
  const { rows, state } = rewound ?? { rows: read.unread, state: read.state };
  const machine = await kind.load(tx, run, rewound ? await readOne(tx, facts) : read.facts);
  const generation = rewound?.generation ?? run.generation;
  const mailbox = ofGeneration(rows, generation);
  const advanced = guarded(() =>
    machine.advance(state, { now: now.toISOString(), mailbox, isRewound: rewound !== null }),
  );
  const stored = bounded(advanced);

  await matchGates(tx, run, generation, advanced.gates);
  await machine.project?.(advanced);
  const left = new Set(advanced.left);
  const consumed = rows.map((row) => row.seq).filter((seq) => !left.has(seq));
  const record = { turn: input.turn, generation, advanced, state: stored, consumed, now, temporalRunId };
  const more = await writeTurn(tx, run, record);
  if (advanced.ended) await machine.afterEnd?.(advanced);
  return {
    turn: input.turn,
    open: openActions(advanced.actions, generation),
    dueAt: advanced.dueAt,
    more: more && !advanced.ended,
    ended: advanced.ended !== null,
    ...displayOf(deps, run, { status: advanced.status, step: advanced.currentStep, dueAt: advanced.dueAt }),
  };
}

function answerFor(deps: EngineDeps, run: RunRow, more: boolean): AdvanceAnswer {
  const ended = run.ended_at !== null;
  const dueAt = ended ? null : (run.next_due_at?.toISOString() ?? null);
  return {
    turn: run.turn,
    open: ended ? [] : openActions(run.open as Action[], run.generation),
    dueAt,
    more: more && !ended,
    ended,
    ...displayOf(deps, run, { status: run.status, step: run.current_step, dueAt }),
  };
}

function displayOf(deps: EngineDeps, run: RunRow, at: RunPlace): Pick<AdvanceAnswer, 'display'> {
  return deps.display ? { display: displayRun(deps.display, run.id, at) } : {};
}

function openActions(actions: Action[], generation: number): OpenAction[] {
  return actions.map((action) => ({ key: `${generation}/${action.id}`, activity: action.activity }));
}

/** What the machine may receive: results and decisions of this generation only, with the command id as their ref. */
function ofGeneration(rows: (MailboxItem & { ref: string })[], generation: number): MailboxItem[] {
  return rows.flatMap((row) => {
    if (row.kind === ACTION_DONE || row.kind === 'failed') {
      const cut = row.ref.indexOf('/');
      return Number(row.ref.slice(0, cut)) === generation ? [{ ...row, ref: row.ref.slice(cut + 1) }] : [];
    }
    if (row.kind === 'gate') return row.payload['generation'] === generation ? [row] : [];
    return row.kind === 'rewind' ? [] : [row];
  });
}

/** A machine that throws has a fault, which waits for a fix. */
function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new TurnFault('engine.fault', error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/**
 * The state as JSON, within its limit. A turn that would go beyond is not made: the run stands where it was with what it has received, and is
 * rewound or cancelled by a person, who reads why. Failing the run would throw away what it has done. A run that ends may go beyond:
 * that is how it gets out, and it stores no further turn.
 */
function bounded({ state, ended }: Advanced<JsonObject>): string {
  const text = JSON.stringify(state);
  const bytes = Buffer.byteLength(text);
  if (bytes <= limits.stateBytes || ended) return text;
  const message = `its state would have ${bytes} bytes, and ${limits.stateBytes} are allowed. Rewind the run to a turn before it grew, or cancel it`;
  throw new TurnFault('run.stateTooLarge', message);
}

async function reportFault(db: Db, input: AdvanceInput, fault: TurnFault): Promise<void> {
  const message = `Turn ${input.turn} could not be made: ${fault.message}`;
  const incident = { ...input, kind: fault.incident, message };
  await inWorkspace(db, input.workspaceId, (tx) => openIncident(tx, incident)).catch(() => undefined);
}
