import type { RunFilter } from '../../platform/db/views/runs/run-filter.ts';

/** A filter that leaves all runs of a workspace but for what is said. */
export function runFilter(workspaceId: string, only: Partial<RunFilter> = {}): RunFilter {
  return {
    workspaceId,
    kind: null,
    status: null,
    state: null,
    waitingFor: null,
    contact: null,
    journey: null,
    version: null,
    step: null,
    startedAfter: null,
    ...only,
  };
}
