import { untilStill } from '../machine/advanced.ts';
import { grantLeaveRequest, advance } from './stages/stages.ts';
import type { EnrollmentState } from './state.ts';
import type { Turn } from './turn.ts';

/** Advances as far as it can without a new message; the result stays as it is until a message comes or something is due. */
export function advanceStage(state: EnrollmentState, turn: Turn): EnrollmentState {
  return untilStill(state, (before) => advance(grantLeaveRequest(before, turn), turn));
}
