import { Injectable } from '@nestjs/common';
import type {
  Decision,
  Gate,
  GateCounts,
  GateMail,
  GateMailPlace,
  GateMails,
  GateQuery,
} from '../../contracts/approvals/gates-api.schema.ts';
import type { TestMailAsked } from '../../contracts/messaging/test-mails-api.schema.ts';
import type { Decider } from '../../domain/approvals/validate-decision.ts';
import { countGates, decisionsOf, findGate, listGates } from '../../platform/db/views/gates-list.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import { notFound } from '../http/errors/app-error.ts';
import { beforeId, type Page, pageById } from '../http/request/paging.ts';
import { auditActor, mineOf, type Principal } from '../http/caller/principal.ts';
import { sendTest } from '../http/test-mail.ts';
import { Store } from '../http/store.ts';
import { decideGate } from './decide-gate.ts';
import { mailsOfGate } from './gate-mails.ts';
import { gateOf } from './gate-view.ts';

/** Lists, shows and decides approvals. */
@Injectable()
export class GatesService {
  constructor(private readonly store: Store) {}

  async list(caller: Principal, query: GateQuery): Promise<Page<Gate>> {
    const viewer = deciderOf(caller);
    return this.store.inWorkspace(caller, async (tx) => {
      const rows = await listGates(tx, {
        workspaceId: caller.workspaceId,
        status: query.status ?? null,
        kind: query.kind ?? null,
        mine: query.assignedTo === 'me' ? mineOf(caller) : null,
        runId: query.runId ?? null,
        sort: query.sort,
        before: beforeId(query.cursor),
        limit: query.limit,
      });
      const ids = rows.map((row) => row.id);
      const decisions = await decisionsOf(tx, caller.workspaceId, ids);
      return pageById(rows, query.limit, (row) => gateOf(row, decisions, viewer));
    });
  }

  count(caller: Principal): Promise<GateCounts> {
    return this.store.inWorkspace(caller, (tx) => countGates(tx, caller.workspaceId, mineOf(caller)));
  }

  async show(caller: Principal, id: string): Promise<Gate> {
    return this.store.inWorkspace(caller, (tx) => this.gate(tx, caller, id));
  }

  async mails(caller: Principal, id: string): Promise<GateMails> {
    return this.store.inWorkspace(caller, async (tx) => ({ mails: await this.mailsOf(tx, caller, id) }));
  }

  /** Sends one of `mails` to the caller's own address as a test. @throws AppError 404 where there is none, or it cannot be made */
  async test(caller: Principal, id: string, { outcome, step }: GateMailPlace): Promise<TestMailAsked> {
    return this.store.inWorkspace(caller, async (tx) => {
      const mails = await this.mailsOf(tx, caller, id);
      const mail = mails.find((ahead) => ahead.outcome === outcome && ahead.step === step)?.mail;
      if (!mail) throw notFound('message');
      return sendTest(tx, caller, mail, { subject: { kind: 'gate', id }, detail: { outcome, step } });
    });
  }

  async decide(caller: Principal, id: string, decision: Decision): Promise<Gate> {
    return this.store.inWorkspace(caller, async (tx) => {
      await decideGate(tx, {
        workspaceId: caller.workspaceId,
        gateId: id,
        decider: deciderOf(caller),
        via: 'api',
        audit: auditActor(caller),
        decision,
      });
      return this.gate(tx, caller, id);
    });
  }

  private async mailsOf(tx: Tx, caller: Principal, id: string): Promise<GateMail[]> {
    const row = await findGate(tx, caller.workspaceId, id);
    if (!row) throw notFound('gate');
    return mailsOfGate(tx, row);
  }

  private async gate(tx: Tx, caller: Principal, id: string): Promise<Gate> {
    const row = await findGate(tx, caller.workspaceId, id);
    if (!row) throw notFound('gate');
    return gateOf(row, await decisionsOf(tx, caller.workspaceId, [id]), deciderOf(caller));
  }
}

function deciderOf(caller: Principal): Decider {
  return { kind: caller.actor.kind, id: caller.actor.id, roles: caller.roles, createdBy: caller.createdBy };
}
