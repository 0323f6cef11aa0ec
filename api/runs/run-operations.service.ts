import { Inject, Injectable } from '@nestjs/common';
import type { AcceptedOperation, RunOperation } from '../../contracts/runs/runs-api.schema.ts';
import type { JsonObject } from '../../contracts/core/machine.ts';
import { recordAudit } from '../../platform/db/access/audit.ts';
import { endsWithTurn, findRun, hasTurn, type ListedRun } from '../../platform/db/views/runs/runs-list.ts';
import { sendToRun, terminateRun } from '../../platform/db/runs/runs.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import { newId } from '../../platform/ids.ts';
import type { Temporal } from '../../platform/temporal/client.ts';
import { AppError, conflict, notFound } from '../http/errors/app-error.ts';
import { TEMPORAL } from '../http/parts.ts';
import { auditActor, type Principal, requesterOf } from '../http/caller/principal.ts';
import { Store } from '../http/store.ts';
import { restart } from './restart-run.ts';
import { isRepair, type Repair, reopenToRewind, takeUp } from './take-up-run.ts';
import { canRewindEnded } from './run-view.ts';

/** How long an answer waits for Temporal, where the workflow is ended as well. */
const temporalDeadlineMs = 1_000;

/**
 * Carries out what people ask of runs, through the runs' mailboxes: it is durable at once and reaches the run whatever
 * crashes.
 */
@Injectable()
export class RunOperationsService {
  constructor(
    private readonly store: Store,
    @Inject(TEMPORAL) private readonly temporal: Temporal,
  ) {}

  async operate(caller: Principal, runId: string, operation: RunOperation): Promise<AcceptedOperation> {
    const operationId = newId();
    const { run, reached } = await this.store.inWorkspace(caller, async (tx) => {
      const found = await this.find(tx, caller, runId);
      let reached = runId;
      if (operation.kind === 'restart') reached = await restart(tx, found, operation, requesterOf(caller));
      else if (isRepair(operation))
        await takeUp(tx, { workspaceId: caller.workspaceId, runId }, operation, operationId);
      else if (operation.kind === 'terminate') await this.end(tx, found, operation.reason);
      else await this.send(tx, found, operation, operationId);
      await recordAudit(tx, {
        ...auditActor(caller),
        act: `run.${operation.kind}`,
        subject: { kind: 'run', id: runId },
        detail: { ...noted(operation), operationId, ...(reached === runId ? {} : { startedRunId: reached }) },
      });
      return { run: found, reached };
    });
    if (operation.kind === 'terminate' && run.pool === null) await this.endWorkflow(run, operation.reason);
    return { operationId, runId: reached, kind: operation.kind };
  }

  private async find(tx: Tx, caller: Principal, runId: string): Promise<ListedRun> {
    const run = await findRun(tx, caller.workspaceId, runId);
    if (!run) throw notFound('run');
    return run;
  }

  private async send(tx: Tx, run: ListedRun, operation: Command, ref: string): Promise<void> {
    if (operation.kind === 'rewind') await this.prepareRewind(tx, run, operation.turn);
    else if (run.ended_at !== null) throw ended(run);
    const target = { workspaceId: run.workspace_id, runId: run.id, ref };
    await sendToRun(tx, { ...target, kind: messageKind[operation.kind], payload: payloadOf(operation) });
  }

  /** A run that failed is live again with its rewind. */
  private async prepareRewind(tx: Tx, run: ListedRun, turn: number): Promise<void> {
    if (run.ended_at !== null && !canRewindEnded(run)) throw ended(run);
    if (!(await hasTurn(tx, run, turn)) || (await endsWithTurn(tx, run, turn))) {
      throw new AppError(422, 'run.noSuchTurn', {
        detail: 'The run has not made this turn, or ended with it',
        errors: [{ path: 'turn', code: 'run.noSuchTurn', message: `between 0 and ${run.turn}` }],
      });
    }
    if (run.ended_at !== null) await reopenToRewind(tx, run);
  }

  private async end(tx: Tx, run: ListedRun, reason: string): Promise<void> {
    const isLive = await terminateRun(tx, { workspaceId: run.workspace_id, runId: run.id, reason });
    if (!isLive) throw ended(run);
  }

  /**
   * Ends the workflow at once, also one that cannot make a turn any more. The run has ended already; where Temporal is away or knows no
   * such workflow, its wake-up in the outbox sees to the rest.
   */
  private async endWorkflow(run: ListedRun, reason: string): Promise<void> {
    const { client } = this.temporal;
    await client.connection
      .withDeadline(Date.now() + temporalDeadlineMs, () => client.workflow.getHandle(run.workflow_id).terminate(reason))
      .catch(() => undefined);
  }
}

const messageKind = { pause: 'pause', resume: 'resume', cancel: 'exit', rewind: 'rewind' } as const;

/** What goes to a run as a message of its own kind. */
type Command = Exclude<RunOperation, Repair | { kind: 'terminate' | 'restart' }>;

/** What the audit keeps of an operation: not what a person wrote into the run, which may be of its contact. */
function noted({ kind, reason, ...more }: RunOperation): JsonObject {
  return {
    kind,
    reason,
    ...('turn' in more ? { turn: more.turn } : {}),
    ...('again' in more ? { again: more.again } : {}),
  };
}

function ended({ status }: ListedRun): AppError {
  return conflict('run.ended', 'This run has ended', { runStatus: status });
}

function payloadOf(operation: Command): JsonObject {
  return operation.kind === 'rewind'
    ? { turn: operation.turn, reason: operation.reason }
    : { reason: operation.reason };
}
