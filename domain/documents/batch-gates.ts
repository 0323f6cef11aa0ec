import type { GateSpec } from '../../contracts/core/machine.ts';
import type { BatchPlan, BatchStage, BatchState } from './batch-state.ts';

/** Who decides at the gates of a batch, and about its documents one by one. */
export const batchApprover = { kind: 'role', id: 'approver' } as const;

/** The stages in which a person decides. */
export const gateSteps = ['approve-estimate', 'review'] as const satisfies readonly BatchStage[];

/**
 * The gate of the current stage, if it has one. Its content is fixed when the stage begins, so single decisions on
 * documents do not make the page that a reviewer looks at stale. `review`: `approve` delivers what has no decision,
 * `reject` withholds it.
 */
export function batchGates(plan: BatchPlan, state: BatchState): GateSpec[] {
  const common = { step: state.stage, visit: 1, assignee: plan.approver, dueAt: null, onTimeout: null };
  switch (state.stage) {
    case 'approve-estimate':
      return [
        {
          ...common,
          title: 'Approve the estimate',
          outcomes: [
            { name: 'approve', label: 'Start generating' },
            { name: 'stop', label: 'Stop the batch', comment: 'optional' },
          ],
          content: {
            documents: state.rows,
            rowErrors: state.rowErrors,
            estimate: state.estimate,
            budgetMicros: plan.budgetMicros,
            model: plan.model,
          },
        },
      ];
    case 'review':
      return [
        {
          ...common,
          title: 'Review the documents',
          outcomes: [
            { name: 'approve', label: 'Deliver all that nobody refused', comment: 'optional' },
            { name: 'reject', label: 'Withhold what nobody approved', comment: 'optional' },
            { name: 'stop', label: 'Stop the batch', comment: 'required' },
          ],
          content: {
            documents: state.rows,
            flagged: state.counts.flagged,
            clean: state.counts.generated,
            failed: state.counts.generateFailed,
            skipped: state.counts.skipped,
            costMicros: state.counts.costMicros,
          },
        },
      ];
    case 'import':
    case 'estimate':
    case 'generate':
    case 'render':
    case 'deliver':
      return [];
  }
}
