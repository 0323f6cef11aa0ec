import type { Settlement } from './state.ts';
import type { Turn } from './turn.ts';

/** Notes what the current step heard. The first thing counts, also while the run is paused; going on is another matter. */
export function settle(turn: Turn, settled: Settlement): void {
  const { position } = turn.state;
  if (position?.kind !== 'in' || position.settled !== null) return;
  turn.state = { ...turn.state, position: { ...position, settled } };
}
