import type { Decision } from '../../contracts/approvals/gates-api.schema.ts';
import {
  isRequester,
  validateDecision,
  type Decider,
  type DecisionCheck,
  type Refusal,
} from '../../domain/approvals/validate-decision.ts';
import type { JsonObject } from '../../contracts/core/machine.ts';
import { type AuditEntry, recordAudit } from '../../platform/db/access/audit.ts';
import { insertDecision } from '../../platform/db/gates/gate-decisions.ts';
import { decisionsOf } from '../../platform/db/views/gates-list.ts';
import { isLeft, separatedFrom } from '../../platform/db/gates/assignees.ts';
import { isHeldByPause, lockGate, settleGate } from '../../platform/db/gates/gates.ts';
import { wakeRun } from '../../platform/db/runs/runs.ts';
import { databaseNow } from '../../platform/db/runs/turns.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import { AppError, type AppErrorOptions, notFound } from '../http/errors/app-error.ts';
import { viewOf } from './gate-view.ts';

/** A decision on its way: by whom, from where, for the audit log. */
export type GateDecision = {
  workspaceId: string;
  gateId: string;
  decider: Decider;
  via: 'api' | 'mail';
  audit: Pick<AuditEntry, 'workspaceId' | 'actor' | 'requestId'>;
  decision: Decision;
};

/**
 * Decides a gate in the caller's transaction: under its lock the policy validates it, then the decision, outcome, message,
 * wake-up and audit entry are written together. The same decision of the same decider again changes nothing.
 * @throws AppError for every refusal; 409 says who decided what
 */
export async function decideGate(tx: Tx, input: GateDecision): Promise<void> {
  const { workspaceId, gateId, decider, decision } = input;
  const gate = await lockGate(tx, workspaceId, gateId);
  if (!gate) throw notFound('gate');
  const decisions = await decisionsOf(tx, workspaceId, [gateId]);
  const earlier = decisions.find((given) => given.deciderKind === decider.kind && given.deciderId === decider.id);
  const comment = decision.comment ?? null;
  const view = viewOf(gate);
  const { requestedBy: asked } = view;
  const assigned = { workspaceId, assigneeKind: gate.assignee_kind, assigneeId: gate.assignee_id, requestedBy: asked };
  const requestedBy = await separatedFrom(tx, assigned);
  const validated = validateDecision({ ...view, requestedBy }, { ...decision, comment }, decider, {
    now: (await databaseNow(tx)).toISOString(),
    earlierOutcome: earlier?.outcome ?? null,
    isPaused: await isHeldByPause(tx, gate),
    isLeft: await isLeft(tx, assigned),
  });
  switch (validated.kind) {
    case 'repeats':
      return;
    case 'refused':
      throw refusal(validated, {
        outcome: gate.outcome,
        decidedAt: gate.decided_at?.toISOString() ?? null,
        decidedBy: decisions.at(-1)?.name ?? null,
      });
    case 'settles':
      break;
  }
  const form = (decision.form ?? null) as JsonObject | null;
  const { outcome } = decision;
  await insertDecision(tx, { workspaceId, gateId, decider, outcome, comment, form, via: input.via });
  await settleGate(tx, gate, 'decided', { outcome, comment, form });
  await wakeRun(tx, workspaceId, gate.run_id);
  await recordAudit(tx, {
    ...input.audit,
    act: 'gate.decided',
    subject: { kind: 'gate', id: gateId },
    detail: {
      outcome,
      round: gate.round,
      contentHash: gate.content_hash,
      runId: gate.run_id,
      voterId: decider.id,
      ...(isRequester(view.requestedBy, decider) ? { isOwnRequest: true } : {}),
    },
  });
}

type Refused = Extract<DecisionCheck, { kind: 'refused' }>;
type Settled = { outcome: string | null; decidedAt: string | null; decidedBy: string | null };

function refusal({ code, field }: Refused, settled: Settled): AppError {
  const [status, words] = refusals[code];
  const detail = field ? `${field.label}: a whole number from ${field.min} to ${field.max}` : words;
  const options: AppErrorOptions = { detail };
  if (status === 409) options.extra = { ...settled };
  if (code === 'gate.unknownOutcome') options.errors = [{ path: 'outcome', code, message: detail }];
  if (code === 'gate.commentRequired') options.errors = [{ path: 'comment', code, message: detail }];
  if (field) options.errors = [{ path: `form.${field.name}`, code, message: detail }];
  return new AppError(status, code, options);
}

const refusals: Record<Refusal, [status: number, detail: string]> = {
  'gate.notAssigned': [403, 'This approval is assigned to others'],
  'gate.separationOfDuties': [403, 'The person who requested this approval cannot give it'],
  'gate.decided': [409, 'This approval has been decided'],
  'gate.expired': [409, 'The deadline of this approval has passed'],
  'gate.withdrawn': [409, 'The run does not wait for this approval any more'],
  'gate.stale': [412, 'What you saw has changed; look again, then decide'],
  'gate.unknownOutcome': [422, 'This approval has no such outcome'],
  'gate.commentRequired': [422, 'This outcome needs a comment'],
  'gate.fieldInvalid': [422, 'This outcome needs a number'],
};
