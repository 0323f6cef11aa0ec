import { z } from 'zod';
import { GateField } from '../../contracts/approvals/gate-field.schema.ts';
import { Gate, GateStatus } from '../../contracts/approvals/gates-api.schema.ts';
import { assigneeKinds, commentRules } from '../../contracts/core/machine.ts';
import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import { type Decider, type GateView, isAssigned, isRequester } from '../../domain/approvals/validate-decision.ts';
import { followsIn, type Follows } from '../../domain/approvals/what-follows.ts';
import type { DecisionRow, GateWithRun } from '../../platform/db/views/gates-list.ts';
import type { GateRow } from '../../platform/db/gates/gates.ts';

const Outcomes = z.array(
  z.object({
    name: z.string(),
    label: z.string(),
    comment: z.enum(commentRules).default('optional'),
    fields: z.array(GateField).default([]),
  }),
);
const AssigneeKind = z.enum(assigneeKinds);

/** A gate's row as the approval policy sees it. */
export function viewOf(row: GateRow): GateView {
  return {
    status: GateStatus.parse(row.status),
    round: row.round,
    contentHash: row.content_hash,
    outcomes: Outcomes.parse(row.outcomes),
    assignee: { kind: AssigneeKind.parse(row.assignee_kind), id: row.assignee_id },
    requestedBy: row.requested_by,
    dueAt: row.due_at?.toISOString() ?? null,
    onTimeout: row.on_timeout,
  };
}

/** A gate as the API shows it to `viewer`. */
export function gateOf(row: GateWithRun, decisions: DecisionRow[], viewer: Decider): Gate {
  const view = viewOf(row);
  const follows = followsOf(row);
  return {
    id: row.id,
    runId: row.run_id,
    runTitle: row.run_title,
    runKind: Gate.shape.runKind.parse(row.run_kind),
    subject: Gate.shape.subject.parse(row.subject),
    contact: row.external_id,
    contactName: row.contact_name,
    step: row.step,
    round: row.round,
    title: row.title,
    outcomes: Outcomes.parse(row.outcomes).map((outcome) => ({
      ...outcome,
      follows: follows.get(outcome.name) ?? null,
    })),
    assignee: { ...view.assignee },
    content: row.content,
    contentHash: row.content_hash,
    dueAt: view.dueAt,
    onTimeout: row.on_timeout,
    paused: row.is_held,
    status: view.status,
    outcome: row.outcome,
    openedAt: row.opened_at.toISOString(),
    decidedAt: row.decided_at?.toISOString() ?? null,
    votes: decisions.filter((decision) => decision.gateId === row.id).map(decisionOf),
    mine:
      isAssigned(view.assignee, viewer, row.is_left) &&
      !(row.do_others_decide && isRequester(view.requestedBy, viewer)),
    rev: Number(row.rev),
  };
}

function followsOf({ run_kind: kind, step, content, definition }: GateWithRun): Follows {
  // A published version was read by its schema when it came in.
  return followsIn(kind, { step, content, definition: definition as JourneyDefinition | null });
}

function decisionOf(row: DecisionRow): Gate['votes'][number] {
  return {
    by: { kind: row.deciderKind, id: row.deciderId, name: row.name },
    outcome: row.outcome,
    comment: row.comment,
    form: row.form,
    via: row.via,
    at: row.at.toISOString(),
  };
}
