import { Inject, Injectable } from '@nestjs/common';
import type { AcceptedOperation, RunOperation } from '../../contracts/runs/runs-api.schema.ts';
import type { JsonObject } from '../../contracts/core/machine.ts';
import { recordAudit } from '../../platform/db/access/audit.ts';
import { findRun, hasTurn, type ListedRun } from '../../platform/db/views/runs-list.ts';
import { sendToRun, terminateRun } from '../../platform/db/runs/runs.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import { newId } from '../../platform/ids.ts';
import type { Temporal } from '../../platform/temporal/client.ts';
import { AppError, conflict, notFound } from '../http/errors/app-error.ts';
import { TEMPORAL } from '../http/parts.ts';
import { auditActor, type Principal } from '../http/caller/principal.ts';
import { Store } from '../http/store.ts';

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
    const run = await this.store.inWorkspace(caller, async (tx) => {
      const found = await this.live(tx, caller, runId);
      if (operation.kind === 'terminate') await this.end(tx, found, operation.reason);
      else await this.send(tx, found, operation, operationId);
      await recordAudit(tx, {
        ...auditActor(caller),
        act: `run.${operation.kind}`,
        subject: { kind: 'run', id: runId },
        detail: { ...operation, operationId },
      });
      return found;
    });
    if (operation.kind === 'terminate') await this.endWorkflow(run, operation.reason);
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

  private async end(tx: Tx, run: ListedRun, reason: string): Promise<void> {
    const isLive = await terminateRun(tx, { workspaceId: run.workspace_id, runId: run.id, reason });
    if (!isLive) throw conflict('run.ended', 'This run has ended');
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

function payloadOf(operation: Exclude<RunOperation, { kind: 'terminate' }>): JsonObject {
  return operation.kind === 'rewind'
    ? { turn: operation.turn, reason: operation.reason }
    : { reason: operation.reason };
}
