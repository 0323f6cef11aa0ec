import { Trans, useLingui } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import { runKindOf } from '../../../../contracts/runs/run-kinds.schema.ts';
import type { Run } from '../../../../contracts/runs/runs-api.schema.ts';

/** What can be asked of many runs at once. */
export type BulkKind = 'retry' | 'pause' | 'resume' | 'cancel';

/** In the order of their buttons, each with the runs that can take it. */
export const bulkTakes: Readonly<Record<BulkKind, (run: Run) => boolean>> = {
  retry: ({ kind, status }) => runKindOf(kind)?.canRetry === true && status === 'failed',
  pause: ({ endedAt, status }) => endedAt === null && status !== 'paused',
  resume: ({ status }) => status === 'paused',
  cancel: ({ endedAt }) => endedAt === null,
};

/** The names of the operations. */
export const bulkKinds = Object.keys(bulkTakes) as readonly BulkKind[];

/** The button, the dialog and what will happen. */
export function useBulkWords(
  count: number,
): Record<BulkKind, { label: string; title: string; action: string; says: ReactNode }> {
  const { t } = useLingui();
  return {
    retry: {
      label: t`Retry failed…`,
      title: t`Retry these runs`,
      action: t`Retry ${count}`,
      says: (
        <Trans>
          The step at which each of them failed is done once more; nothing else is repeated. A run whose step may have
          been done already is left as it is and named above the list, to be looked at on its own page.
        </Trans>
      ),
    },
    pause: {
      label: t`Pause`,
      title: t`Pause these runs`,
      action: t`Pause ${count}`,
      says: (
        <Trans>They stop before their next step; what is being sent right now is finished. Resume at any time.</Trans>
      ),
    },
    resume: {
      label: t`Resume`,
      title: t`Resume these runs`,
      action: t`Resume ${count}`,
      says: (
        <Trans>
          They go on where they stopped: delays that ran out meanwhile are over, approvals have as much more time.
        </Trans>
      ),
    },
    cancel: {
      label: t`Cancel…`,
      title: t`Cancel these runs`,
      action: t`Cancel ${count}`,
      says: (
        <Trans>
          Each of them leaves in good order at its next step: nothing more is sent, what was done stays done. This
          cannot be undone.
        </Trans>
      ),
    },
  };
}
