import type { PausedDeadline } from '../../contracts/journeys/nodes.schema.ts';
import { isReached } from './time.ts';

/** A pause that is over: from when to when. Instants are ISO 8601. */
export type Pause = { from: string; to: string };

/**
 * When a deadline comes that was still ahead as a pause began. `recheck`: one that ran out meanwhile comes when the pause ends, behind everything
 * that was received until then. `extend`: the pause does not count, so it comes as much later as the pause was long.
 */
export function afterPause(policy: PausedDeadline, dueAt: string, { from, to }: Pause): string {
  if (policy === 'recheck') return isReached(dueAt, to) ? to : dueAt;
  return new Date(Date.parse(dueAt) + Date.parse(to) - Date.parse(from)).toISOString();
}
