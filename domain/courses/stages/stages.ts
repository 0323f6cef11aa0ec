import type { EnrollmentFacets, EnrollmentTerms } from '../../../contracts/courses/enrollment.ts';
import type { MailboxItem } from '../../../contracts/core/machine.ts';
import type { Open } from '../../machine/open.ts';
import type { Dates } from '../dates/dates.ts';
import type { EnrollmentState, Stage, StageKind, StageOf } from '../state.ts';
import type { Shown, Turn } from '../turn.ts';
import { closing } from './closing.ts';
import { confirming } from './confirming.ts';
import { deciding } from './deciding.ts';
import { eligibility } from './eligibility.ts';
import { learning } from './learning.ts';
import { offered } from './offered.ts';
import { payment } from './payment.ts';
import { quoting } from './quoting.ts';
import { seating } from './seating.ts';
import { ended } from './ended.ts';
import type { StageRecord } from './stage.ts';
import { waitlisted } from './waitlisted.ts';

/** The stages of an enrollment, in the order in which a learner comes to them. This is the only list of them. */
export const stages: { [K in StageKind]: StageRecord<StageOf<K>> } = {
  eligibility,
  seating,
  waitlisted,
  offered,
  payment,
  confirming,
  learning,
  quoting,
  deciding,
  closing,
  ended,
};

/** The line that a stage shows in the timeline; null where it shows none. */
export function lineOf(stage: Stage): Shown | null {
  return recordOf({ stage }).line(stage);
}

/** What the enrollment is called where enrollments are listed. */
export function lifecycleOf(state: EnrollmentState): EnrollmentFacets['lifecycle'] {
  return recordOf(state).lifecycle(state.stage);
}

/** Whether the learner may open the course. */
export function accessOf(state: EnrollmentState, terms: EnrollmentTerms): EnrollmentFacets['access'] {
  return recordOf(state).access(state.stage, state, terms);
}

/** Whether money for the seat that comes in the stage pays for it. */
export function takesMoney(stage: Stage): boolean {
  return recordOf({ stage }).takesMoney(stage);
}

/** Computes anew what the stage has from dates that have moved; null where the learner knows of no dates. */
export function moveDates(state: EnrollmentState, before: Dates, turn: Turn): EnrollmentState | null {
  return recordOf(state).moveDates(state, state.stage, before, turn);
}

/** What the stage has open. */
export function openStage(state: EnrollmentState, turn: Turn): Open {
  return recordOf(state).open(state.stage, state, turn);
}

/** Hands the stage a message; one that it does not await changes nothing. */
export function receiveInStage(state: EnrollmentState, item: MailboxItem, turn: Turn): EnrollmentState {
  return recordOf(state).receive(state, state.stage, item, turn);
}

/** Handles the end of the stage's time. */
export function dueStage(state: EnrollmentState, turn: Turn): EnrollmentState {
  return recordOf(state).due(state, state.stage, turn);
}

/** Does what the stage can do without a message. */
export function advance(state: EnrollmentState, turn: Turn): EnrollmentState {
  return recordOf(state).advance(state, state.stage, turn);
}

/**
 * Carries out the leave request as soon as it can: while the seat ledger is asked, its answer comes first. Once the end has begun, a
 * request changes nothing.
 */
export function grantLeaveRequest(state: EnrollmentState, turn: Turn): EnrollmentState {
  return state.wish ? recordOf(state).grant(state, state.wish, turn) : state;
}

/** Takes a learner's withdrawal back that is not decided, or not carried out yet. */
export function receiveStay(state: EnrollmentState, turn: Turn): EnrollmentState {
  return recordOf(state).stay(state, turn);
}

function recordOf({ stage }: Pick<EnrollmentState, 'stage'>): StageRecord<Stage> {
  return stages[stage.kind];
}
