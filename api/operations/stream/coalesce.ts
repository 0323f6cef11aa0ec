import type { Change } from '../../../platform/db/views/change-log.ts';

/**
 * One change for each thing: its newest `rev`, at its last place. What comes out is in the order of the places, so a client
 * that got the first of them and goes on from there misses none.
 */
export function coalesce(changes: readonly Change[]): Change[] {
  const latest = new Map<string, Change>();
  for (const change of changes) {
    const key = `${change.workspaceId} ${change.topic} ${change.id}`;
    const before = latest.get(key);
    // The order of the places is not the order of the commits, so a lower rev may stand behind a higher one.
    const rev = Math.max(change.rev, before?.rev ?? 0);
    latest.delete(key);
    latest.set(key, { ...change, rev });
  }
  return [...latest.values()];
}
