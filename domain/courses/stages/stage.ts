import type { EnrollmentFacets } from '../../../contracts/courses/enrollment.ts';
import { still, type Stage as MachineStage } from '../../machine/stage.ts';
import type { EnrollmentState, LeaveRequest, Stage, StageKind } from '../state.ts';
import type { Shown, Turn } from '../turn.ts';

/** All that one stage of an enrollment is: what each stage of a machine is, and what those of enrollments are besides. */
export type StageRecord<S extends Stage> = MachineStage<S, EnrollmentState, Turn, StageKind> & {
  /** Its line in the timeline; null where it shows none. */
  line(stage: S): Shown | null;
  /** What an enrollment in it is called where enrollments are listed. */
  lifecycle(stage: S): EnrollmentFacets['lifecycle'];
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
    ...still,
    advance: (state) => state,
    grant: (state) => state,
    ...record,
  };
}
