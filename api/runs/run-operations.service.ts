import { Inject, Injectable } from '@nestjs/common';
import type { AcceptedOperation, RunOperation } from '../../contracts/runs/runs-api.schema.ts';
import type { JsonObject } from '../../contracts/core/machine.ts';
import { recordAudit } from '../../platform/db/access/audit.ts';
import { findRun, hasTurn, type ListedRun } from '../../platform/db/views/runs-list.ts';
import { sendToRun } from '../../platform/db/runs/runs.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import { newId } from '../../platform/ids.ts';
import type { Temporal } from '../../platform/temporal/client.ts';
import { AppError, conflict, notFound } from '../http/errors/app-error.ts';
import { TEMPORAL } from '../http/parts.ts';
import { auditActor, type Principal } from '../http/caller/principal.ts';
import { Store } from '../http/store.ts';

/** A call to Temporal that takes longer counts as failed; the caller sees 503 and may try again. */
const temporalDeadlineMs = 3_000;

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
    const run = await this.store.inWorkspace(caller, async (tx) => {
      const found = await this.live(tx, caller, runId);
      if (operation.kind !== 'terminate') await this.send(tx, found, operation, operationId);
      await recordAudit(tx, {
        ...auditActor(caller),
        act: `run.${operation.kind}`,
        subject: { kind: 'run', id: runId },
        detail: { ...operation, operationId },
      });
      return found;
    });
    if (operation.kind === 'terminate') await this.terminate(run, operation.reason);
    return { operationId, runId, kind: operation.kind };
  }

  private async live(tx: Tx, caller: Principal, runId: string): Promise<ListedRun> {
    const run = await findRun(tx, caller.workspaceId, runId);
    if (!run) throw notFound('run');
    if (run.ended_at !== null) throw conflict('run.ended', 'This run has ended', { runStatus: run.status });
    return run;
  }

  private async send(
    tx: Tx,
    run: ListedRun,
    operation: Exclude<RunOperation, { kind: 'terminate' }>,
    ref: string,
  ): Promise<void> {
    if (operation.kind === 'rewind' && !(await hasTurn(tx, run, operation.turn))) {
      throw new AppError(422, 'run.noSuchTurn', {
        detail: 'The run has not made this turn',
        errors: [{ path: 'turn', code: 'run.noSuchTurn', message: `between 0 and ${run.turn}` }],
      });
    }
    const target = { workspaceId: run.workspace_id, runId: run.id, ref };
    await sendToRun(tx, { ...target, kind: messageKind[operation.kind], payload: payloadOf(operation) });
  }

  /** The reconciler writes the end into the projection once it sees it, within a minute. */
  private async terminate(run: ListedRun, reason: string): Promise<void> {
    const { client } = this.temporal;
    try {
      await client.connection.withDeadline(Date.now() + temporalDeadlineMs, () =>
        client.workflow.getHandle(run.workflow_id).terminate(reason),
      );
    } catch (error) {
      if (error instanceof Error && error.name === 'WorkflowNotFoundError') {
        throw conflict('run.notStarted', 'Its workflow is not running; the run is checked within two minutes');
      }
      throw new AppError(503, 'temporal.unavailable', {
        detail: 'Temporal is unavailable; the run goes on',
        retryAfterSeconds: 5,
      });
    }
  }
}

const messageKind = { pause: 'pause', resume: 'resume', cancel: 'exit', rewind: 'rewind' } as const;

function payloadOf(operation: Exclude<RunOperation, { kind: 'terminate' }>): JsonObject {
  return operation.kind === 'rewind'
    ? { turn: operation.turn, reason: operation.reason }
    : { reason: operation.reason };
}
