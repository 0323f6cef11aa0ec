import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { type Decision, Decision as DecisionSchema, type Gate } from '../../../contracts/approvals/gates-api.schema.ts';
import { roles } from '../../../contracts/access/access.ts';
import type { Decider } from '../../../domain/approvals/validate-decision.ts';
import { decisionsOf, findGate } from '../../../platform/db/views/gates-list.ts';
import { findGateLink, type GateLink } from '../../../platform/db/gates/gate-links.ts';
import { findMember, type MemberRow } from '../../../platform/db/access/members.ts';
import { findWorkspace } from '../../../platform/db/access/workspaces.ts';
import { AppError, notFound } from '../../http/errors/app-error.ts';
import { Store } from '../../http/store.ts';
import { decideGate } from '../../approvals/decide-gate.ts';
import type { GatePage, Obstacle } from './gate-page-view.ts';
import { gateOf } from '../../approvals/gate-view.ts';

/** Fields of the page's form; a repeated field arrives as a list and is refused. */
const Form = z.object({
  outcome: z.string().default(''),
  round: z.coerce.number().int(),
  expectedHash: z.string(),
  comment: z.string().max(5_000).default(''),
});

type Filled = z.infer<typeof Form> & { form: Record<string, unknown> };

/** A number that a field asks for comes as text; what is no whole number is refused by the policy, with the field's own words. */
function formOf(form: unknown): Record<string, unknown> {
  const entries = Object.entries(Object(form) as Record<string, unknown>).filter(([name]) => name.startsWith('form.'));
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name.slice('form.'.length),
      /^\d{1,12}$/.test(String(value)) ? Number(value) : value,
    ]),
  );
}

/** Shows and decides a gate for the one member a mail's link was sent to. */
@Injectable()
export class GatePageService {
  constructor(private readonly store: Store) {}

  /** The page as it is now; looking at it changes nothing. @throws AppError 404 for an unknown token */
  async view(token: string): Promise<GatePage> {
    return this.page(await this.link(token), null, { outcome: '', comment: '', form: {} });
  }

  /** Decides by the page's form; a refusal is shown on the page, with what the person had filled in. */
  async decide(token: string, form: unknown, requestId: string): Promise<{ page: GatePage; status: number }> {
    const link = await this.link(token);
    const read = Form.safeParse(form);
    const said = read.success ? read.data : { outcome: '', comment: '', round: 0, expectedHash: '' };
    const filled = { ...said, form: formOf(form) };
    try {
      await this.record(link, filled, requestId);
      return { page: await this.page(link, null, filled), status: 200 };
    } catch (error) {
      if (!(error instanceof AppError) || error.status >= 500) throw error;
      return { page: await this.page(link, error.options.detail ?? error.code, filled), status: error.status };
    }
  }

  private async record(link: GateLink, filled: Filled, requestId: string): Promise<void> {
    if (filled.outcome === '') throw new AppError(422, 'gate.unknownOutcome', { detail: 'Choose an outcome' });
    const isBound = filled.round === link.round && filled.expectedHash === link.contentHash;
    if (!isBound || isOver(link)) throw new AppError(412, 'gate.stale', { detail: 'This link cannot decide any more' });
    const decision: Decision = DecisionSchema.parse({
      outcome: filled.outcome.slice(0, 100),
      round: link.round,
      expectedHash: link.contentHash,
      ...(filled.comment.trim() ? { comment: filled.comment } : {}),
      ...(Object.keys(filled.form).length > 0 ? { form: filled.form } : {}),
    });
    await this.store.inWorkspace(link, async (tx) => {
      const member = liveMember(await findMember(tx, link.workspaceId, link.memberId));
      await decideGate(tx, {
        workspaceId: link.workspaceId,
        gateId: link.gateId,
        decider: deciderOf(member),
        via: 'mail',
        audit: { workspaceId: link.workspaceId, actor: { kind: 'mailLink', id: member.id }, requestId },
        decision,
      });
    });
  }

  private async link(token: string): Promise<GateLink> {
    const link = await findGateLink(this.store.app, token);
    if (!link) throw notFound('link');
    return link;
  }

  private async page(link: GateLink, problem: string | null, chosen: GatePage['chosen']): Promise<GatePage> {
    return this.store.inWorkspace(link, async (tx) => {
      const member = liveMember(await findMember(tx, link.workspaceId, link.memberId));
      const workspace = await findWorkspace(tx, link.workspaceId);
      const row = await findGate(tx, link.workspaceId, link.gateId);
      if (!row || !workspace) throw notFound('link');
      const gate = gateOf(row, await decisionsOf(tx, link.workspaceId, [row.id]), deciderOf(member));
      const now = new Date();
      return {
        workspace,
        member,
        gate,
        round: link.round,
        contentHash: link.contentHash,
        obstacle: obstacleOf(link, gate, now),
        problem,
        chosen,
        now,
      };
    });
  }
}

function isOver(link: GateLink): boolean {
  return link.expiresAt <= new Date();
}

function obstacleOf(link: GateLink, gate: Gate, now: Date): Obstacle | null {
  if (!gate.mine) return 'notYours';
  if (isOver(link)) return 'tooOld';
  if (link.round !== gate.round || link.contentHash !== gate.contentHash) return 'changed';
  if (gate.paused) return null;
  return gate.dueAt !== null && gate.onTimeout !== null && new Date(gate.dueAt) <= now ? 'due' : null;
}

/** A link dies with its member's membership, without saying so. */
function liveMember(member: MemberRow | undefined): MemberRow {
  if (!member || member.disabled_at !== null) throw notFound('link');
  return member;
}

function deciderOf(member: MemberRow): Decider {
  const held = roles.filter((role) => member.roles.includes(role));
  return { kind: 'member', id: member.id, roles: held, createdBy: null };
}
