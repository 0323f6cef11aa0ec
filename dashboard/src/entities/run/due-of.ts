import type { Due } from '../../ui/due.ts';

/** What ends at the deadline of a run or a step: a person's time to decide, or a wait that goes on by itself. */
export function dueOf({ waitingFor }: { waitingFor: string | null }): Due {
  return waitingFor === 'person' ? 'person' : 'itself';
}
