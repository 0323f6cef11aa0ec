import type { StepResult, Token } from './state.ts';
import { moveToken, openVisit, type Turn } from './turn.ts';

/**
 * Notes what an open visit received. The first message counts, also while the run is paused; `advanceStep` goes on from
 * there.
 */
export function resolveStep(turn: Turn, token: Token, result: StepResult): void {
  const visit = openVisit(token);
  if (visit) moveToken(turn, token, { ...visit, settled: result });
}
