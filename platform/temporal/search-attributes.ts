import { defineSearchAttributeKey } from '@temporalio/common';

/** Which deployment a run belongs to; the reconciler sweeps its own only. */
export const deploymentAttribute = defineSearchAttributeKey('tlDeployment', 'KEYWORD');
/** The run kind, for engineers who look around in Temporal's own UI. */
export const kindAttribute = defineSearchAttributeKey('tlKind', 'KEYWORD');
/** The workspace's id. */
export const workspaceAttribute = defineSearchAttributeKey('tlWorkspace', 'KEYWORD');
