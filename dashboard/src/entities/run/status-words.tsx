import { useLingui } from '@lingui/react/macro';
import type { Run } from '../../../../contracts/runs/runs-api.schema.ts';

/** What each status of a run is called; of a waiting one, what it waits for is said where there is room for one run. */
export function useStatusWords(): Record<Run['status'], string> {
  const { t } = useLingui();
  return {
    starting: t`Starting`,
    running: t`Running`,
    waiting: t`Waiting`,
    paused: t`Paused`,
    completed: t`Done`,
    exited: t`Left early`,
    failed: t`Failed`,
    cancelled: t`Cancelled`,
    terminated: t`Terminated`,
  };
}
