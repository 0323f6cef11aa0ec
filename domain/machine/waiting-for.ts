import type { Advanced, WaitReason } from '../../contracts/core/machine.ts';

/**
 * What a run waits for after a turn; null when it waits for nothing outside. A gate counts also while something else runs: the run's page
 * must show that a person is asked.
 */
export function waitingFor({
  gates,
  waits,
  status,
}: Pick<Advanced<unknown>, 'gates' | 'waits' | 'status'>): WaitReason | null {
  if (gates.length > 0) return 'person';
  if (status !== 'waiting') return null;
  return waits.some(({ purpose }) => purpose === 'wait') ? 'event' : 'time';
}
