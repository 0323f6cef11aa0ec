import type { StepResult } from './state.ts';
import type { Turn } from './turn.ts';

/**
 * Notes what the current step received. The first message counts, also while the run is paused; `advanceStep` goes on from
 * there.
 */
export function resolveStep(turn: Turn, result: StepResult): void {
  const { position } = turn.state;
  if (position?.kind !== 'in' || position.settled !== null) return;
  turn.state = { ...turn.state, position: { ...position, settled: result } };
}
