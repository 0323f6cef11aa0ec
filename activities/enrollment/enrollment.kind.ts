import type { EnrollmentTerms } from '../../contracts/course.ts';
import type { JsonObject } from '../../contracts/machine.ts';
import type { Advanced } from '../../contracts/machine.ts';
import { advanceEnrollment } from '../../domain/enrollment/machine.ts';
import type { EnrollmentState } from '../../domain/enrollment/state.ts';
import { enrollmentOfRun, writeFacets } from '../../platform/db/enrollments.ts';
import type { RunKind } from '../engine/run-kind.ts';

/** Enrollment runs: the state machine over the terms that were promised; each turn writes the three facets. */
export function createEnrollmentKind(): RunKind {
  return {
    async load(tx, run) {
      const enrollment = await enrollmentOfRun(tx, run.workspace_id, run.id);
      const terms = enrollment.terms as EnrollmentTerms;
      return {
        // The stored state is what an earlier turn of the machine returned, plain JSON by its contract.
        advance: (state, input) =>
          advanceEnrollment(
            terms,
            state as unknown as EnrollmentState | null,
            input,
          ) as unknown as Advanced<JsonObject>,
        project(advanced) {
          const { facets } = advanced.state as unknown as EnrollmentState;
          return writeFacets(tx, enrollment, facets, advanced.ended?.outcome ?? null);
        },
      };
    },
  };
}
