import { Injectable } from '@nestjs/common';
import type { JourneyReason, SwitchedJourney } from '../../contracts/journeys/journeys-api.schema.ts';
import { recordAudit } from '../../platform/db/access/audit.ts';
import {
  changeJourney,
  type JourneyRow,
  type JourneyStatus,
  sendToJourneyRuns,
} from '../../platform/db/journeys/journeys.ts';
import { BulkEnded, type BulkRow, cancelOfJourney } from '../../platform/db/bulk/bulk-operations.ts';
import { beginEntering, enterNext } from '../../platform/db/journeys/kept-entries.ts';
import { wakeRuns } from '../../platform/db/runs/runs.ts';
import { conflict } from '../http/errors/app-error.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import { auditActor, type Principal, requesterOf } from '../http/caller/principal.ts';
import { Store } from '../http/store.ts';
import { journeyOf, requireJourney } from './find-journey.ts';

/** Pausing, resuming and stopping: the status it leads to, from which ones, and the message that live runs get. */
const switches = {
  pause: { from: ['live'], to: 'paused', tells: 'pause', act: 'journey.paused' },
  resume: { from: ['paused'], to: 'live', tells: 'resume', act: 'journey.resumed' },
  stop: { from: ['live', 'paused'], to: 'stopped', tells: 'exit', act: 'journey.stopped' },
} as const satisfies Record<string, { from: JourneyStatus[]; to: JourneyStatus; tells: string; act: string }>;

/** What can be done to a published journey as a whole. */
export type JourneySwitch = keyof typeof switches;

/** Pauses, resumes and stops journeys with everyone in them. */
@Injectable()
export class SwitchService {
  constructor(private readonly store: Store) {}

  /**
   * The status changes first, and with it who may enter; then the live runs get their message, some hundred in one
   * transaction. A repeat reaches the runs that a crash left out: when the journey has that status already, the switch only
   * sends.
   */
  async turn(caller: Principal, slug: string, kind: JourneySwitch, input: JourneyReason): Promise<SwitchedJourney> {
    const { from, to, tells, act } = switches[kind];
    const { row, entering } = await this.store.inWorkspace(caller, async (tx) => {
      const found = await requireJourney(tx, caller, slug, { lock: true });
      const enter = (journey: JourneyRow) =>
        kind === 'resume' ? this.beginEntering(tx, caller, journey, input.reason) : null;
      if (found.status === to) return { row: found, entering: await enter(found) };
      if (!from.some((status) => status === found.status)) {
        throw conflict('journey.notLive', `A journey that is ${found.status} cannot ${kind}`, {
          journeyStatus: found.status,
        });
      }
      await recordAudit(tx, {
        ...auditActor(caller),
        act,
        subject: { kind: 'journey', id: found.id },
        detail: { slug, reason: input.reason },
      });
      const keepsOn = await cancelOfJourney(tx, {
        workspaceId: caller.workspaceId,
        journeyId: found.id,
        kind: 'enter',
      });
      const changed = await changeJourney(tx, found, { status: to, keepsOn });
      return { row: changed, entering: await enter(changed) };
    });
    const runsTold = await this.send(caller, row, tells, input.reason);
    // The first of them at once: where there are few, they have entered with the answer.
    if (entering) await this.store.inWorkspace(caller, (tx) => enterNext(tx, entering)).catch(passEnd);
    return { journey: journeyOf(row), runsTold };
  }

  /** Those who were kept enter piece by piece; a repeat takes the place of what went before, as who has entered is not kept any more. */
  private async beginEntering(tx: Tx, caller: Principal, journey: JourneyRow, reason: string): Promise<BulkRow | null> {
    await cancelOfJourney(tx, { workspaceId: caller.workspaceId, journeyId: journey.id, kind: 'enter' });
    return beginEntering(tx, journey, { actor: caller.actor, requestedBy: requesterOf(caller), reason });
  }

  private async send(
    caller: Principal,
    row: JourneyRow,
    kind: 'pause' | 'resume' | 'exit',
    reason: string,
  ): Promise<number> {
    const { workspaceId } = caller;
    const message = { workspaceId, journeyId: row.id, kind, ref: `journey/${row.rev}`, reason };
    let sent = 0;
    for (let after: string | null = null; ;) {
      const chunk = await this.store.inWorkspace(caller, async (tx) => {
        const runIds = await sendToJourneyRuns(tx, message, after);
        await wakeRuns(tx, workspaceId, runIds);
        return runIds;
      });
      const last = chunk.at(-1);
      if (last === undefined) return sent;
      sent += chunk.length;
      after = last;
    }
  }
}

/** Another pause came first: it keeps on who has not entered, and this resume has been one all the same. */
function passEnd(error: unknown): void {
  if (!(error instanceof BulkEnded)) throw error;
}
