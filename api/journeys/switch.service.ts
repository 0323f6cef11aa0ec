import { Injectable } from '@nestjs/common';
import type { JourneyReason, SwitchedJourney } from '../../contracts/journeys/journeys-api.schema.ts';
import { recordAudit } from '../../platform/db/access/audit.ts';
import { changeJourney, type JourneyRow, type JourneyStatus } from '../../platform/db/journeys/journeys.ts';
import { BulkEnded, type BulkRow, cancelOfJourney, findBulk } from '../../platform/db/bulk/bulk-operations.ts';
import { beginEntering, enterNext } from '../../platform/db/journeys/kept-entries.ts';
import { beginSwitch, switchNext, type SwitchMessage } from '../../platform/db/journeys/switch-runs.ts';
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
} as const satisfies Record<string, { from: JourneyStatus[]; to: JourneyStatus; tells: SwitchMessage; act: string }>;

/** What can be done to a published journey as a whole. */
export type JourneySwitch = keyof typeof switches;

/** Pauses, resumes and stops journeys with everyone in them. */
@Injectable()
export class SwitchService {
  constructor(private readonly store: Store) {}

  /**
   * The status changes first, and with it who may enter; then the live runs get their message, some hundred in one
   * transaction. What a request that dies has not sent the server sends by itself, unless another switch comes first.
   */
  async turn(caller: Principal, slug: string, kind: JourneySwitch, input: JourneyReason): Promise<SwitchedJourney> {
    const { to, tells } = switches[kind];
    const of = { actor: caller.actor, requestedBy: requesterOf(caller), reason: input.reason };
    const { row, sending, entering } = await this.store.inWorkspace(caller, async (tx) => {
      const found = await requireJourney(tx, caller, slug, { lock: true });
      const isSame = found.status === to;
      const row = isSame ? found : await this.change(tx, caller, found, kind, input.reason);
      const sending = await beginSwitch(tx, row, tells, of);
      return { row, sending, entering: kind === 'resume' ? await this.beginEntering(tx, row, of) : null };
    });
    const runsTold = await this.send(caller, sending);
    // The first of them at once: where there are few, they have entered with the answer.
    if (entering) await this.store.inWorkspace(caller, (tx) => enterNext(tx, entering)).catch(passEnd);
    return { journey: journeyOf(row), runsTold };
  }

  private async change(
    tx: Tx,
    caller: Principal,
    found: JourneyRow,
    kind: JourneySwitch,
    reason: string,
  ): Promise<JourneyRow> {
    const { from, to, act } = switches[kind];
    if (!from.some((status) => status === found.status)) {
      throw conflict('journey.notLive', `A journey that is ${found.status} cannot ${kind}`, {
        journeyStatus: found.status,
      });
    }
    await recordAudit(tx, {
      ...auditActor(caller),
      act,
      subject: { kind: 'journey', id: found.id },
      detail: { slug: found.slug, reason },
    });
    const { workspaceId } = caller;
    if (kind === 'stop') await cancelOfJourney(tx, { workspaceId, journeyId: found.id, kind: 'enterMany' });
    const keepsOn = await cancelOfJourney(tx, { workspaceId, journeyId: found.id, kind: 'enter' });
    return changeJourney(tx, found, { status: to, keepsOn });
  }

  /** Those who were kept enter piece by piece; a repeat takes the place of what went before, as who has entered is not kept any more. */
  private async beginEntering(
    tx: Tx,
    journey: JourneyRow,
    of: Parameters<typeof beginEntering>[2],
  ): Promise<BulkRow | null> {
    await cancelOfJourney(tx, { workspaceId: journey.workspace_id, journeyId: journey.id, kind: 'enter' });
    return beginEntering(tx, journey, of);
  }

  /** @returns how many runs have the message, of this request and of the server beside it */
  private async send(caller: Principal, sending: BulkRow): Promise<number> {
    let isMore = true;
    while (isMore) {
      isMore = await this.store
        .inWorkspace(caller, (tx) => switchNext(tx, sending))
        .catch((error: unknown) => {
          passEnd(error);
          return false;
        });
    }
    const ended = await this.store.inWorkspace(caller, (tx) => findBulk(tx, caller.workspaceId, sending.id));
    return ended?.done ?? 0;
  }
}

/** Another switch came first: it goes on with those who were to come, and this one has been one all the same. */
function passEnd(error: unknown): void {
  if (!(error instanceof BulkEnded)) throw error;
}
