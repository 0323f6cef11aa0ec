import type { EnrollmentFacets, EnrollmentTerms } from '../../../contracts/courses/enrollment.ts';
import { still, type Stage as MachineStage } from '../../machine/stage.ts';
import type { Dates } from '../dates/dates.ts';
import type { Ending, EnrollmentState, LeaveRequest, Stage, StageKind } from '../state.ts';
import type { Shown, Turn } from '../turn.ts';

/** All that one stage of an enrollment is: what each stage of a machine is, and what those of enrollments are besides. */
export type StageRecord<S extends Stage> = MachineStage<S, EnrollmentState, Turn, StageKind> & {
  /** Its line in the timeline; null where it shows none. */
  line(stage: S): Shown | null;
  /** What an enrollment in it is called where enrollments are listed. */
  lifecycle(stage: S): EnrollmentFacets['lifecycle'];
  /** Whether the learner may open the course: from the confirmed seat on. */
  access(stage: S, state: EnrollmentState, terms: EnrollmentTerms): EnrollmentFacets['access'];
  /** Whether money for the seat that is received in it pays for the seat: before the payment's own stage it came before a rewind. Else it goes back. */
  takesMoney(stage: S): boolean;
  /**
   * The dates of the course run were others `before`: what was computed from those is computed anew. Null where the learner has not been sent any
   * dates, or needs none.
   */
  moveDates(state: EnrollmentState, stage: S, before: Dates, turn: Turn): EnrollmentState | null;
  /** Does what needs neither a message nor time. */
  advance(state: EnrollmentState, stage: S, turn: Turn): EnrollmentState;
  /** Carries out a leave request, or lets it wait. */
  grant(state: EnrollmentState, request: LeaveRequest, turn: Turn): EnrollmentState;
  /** Takes a learner's withdrawal back. */
  stay(state: EnrollmentState, turn: Turn): EnrollmentState;
};

/** Makes a record; what a stage leaves out has nothing open and changes nothing. */
export function defineStage<S extends Stage>(
  record: Pick<StageRecord<S>, 'leadsTo' | 'line' | 'lifecycle'> & Partial<StageRecord<S>>,
): StageRecord<S> {
  return {
    ...still,
    access: () => 'none',
    takesMoney: () => false,
    moveDates: () => null,
    advance: (state) => state,
    grant: (state) => state,
    stay: (state) => (state.wish?.kind === 'withdraw' ? { ...state, wish: null } : state),
    ...record,
  };
}

/** What the stages of an end have in common: who completed the course keeps access, and money after an expired hold counts. */
export const ofEnding = {
  access({ ending }, { visits }) {
    if (visits['learning'] === undefined) return 'none';
    return ending.outcome === 'completed' ? 'full' : 'revoked';
  },
  takesMoney: ({ ending }) => ending.outcome === 'holdExpired',
} satisfies Partial<StageRecord<Extract<Stage, { ending: Ending }>>>;
