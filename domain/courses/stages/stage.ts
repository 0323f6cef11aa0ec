import type { EnrollmentFacets } from '../../../contracts/courses/enrollment.ts';
import type { MailboxItem } from '../../../contracts/core/machine.ts';
import type { EnrollmentState, LeaveRequest, Stage, StageKind } from '../state.ts';
import { nothingOpen, type Open, type Shown, type Turn } from '../turn.ts';

/** All that one stage of an enrollment is. Each function returns the state as it is afterwards, the same one where nothing changes. */
export type StageRecord<S extends Stage> = {
  /** The stages it may lead to; the picture in docs/enrollments.md is drawn from them. */
  leadsTo: readonly StageKind[];
  /** Its line in the timeline; null where it shows none. */
  line(stage: S): Shown | null;
  /** What an enrollment in it is called where enrollments are listed. */
  lifecycle(stage: S): EnrollmentFacets['lifecycle'];
  /** What it has open, and when it wants to be called without a message. */
  open(stage: S, state: EnrollmentState, turn: Turn): Open;
  /** Receives a message; one that it does not await changes nothing. */
  receive(state: EnrollmentState, stage: S, item: MailboxItem, turn: Turn): EnrollmentState;
  /** Handles the end of its time. */
  due(state: EnrollmentState, stage: S, turn: Turn): EnrollmentState;
  /** Does what needs neither a message nor time. */
  advance(state: EnrollmentState, stage: S, turn: Turn): EnrollmentState;
  /** Carries out a leave request, or lets it wait. */
  grant(state: EnrollmentState, request: LeaveRequest, turn: Turn): EnrollmentState;
};

/** Makes a record; what a stage leaves out has nothing open and changes nothing. */
export function defineStage<S extends Stage>(
  record: Pick<StageRecord<S>, 'leadsTo' | 'line' | 'lifecycle'> & Partial<StageRecord<S>>,
): StageRecord<S> {
  return {
    open: () => nothingOpen,
    receive: (state) => state,
    due: (state) => state,
    advance: (state) => state,
    grant: (state) => state,
    ...record,
  };
}
