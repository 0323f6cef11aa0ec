/** The search attributes of a run's executions in Temporal, all of them keywords. Temporal's visibility store holds the names. */
export const searchAttributes = {
  /** Which deployment a run belongs to; the reconciler sweeps its own only. */
  deployment: 'tlDeployment',
  /** The run kind. */
  kind: 'tlKind',
  /** The workspace's id. */
  workspace: 'tlWorkspace',
  /** The run's status as of its last wait, or its end. */
  status: 'tlStatus',
  /** The id of the step at which it waits; unset once it has ended. */
  step: 'tlStep',
} as const;
