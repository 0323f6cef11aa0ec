import type { CourseRunInput } from '../../contracts/courses/course.schema.ts';
import type { EnrollmentTerms } from '../../contracts/courses/enrollment.ts';
import type { JsonObject } from '../../contracts/core/machine.ts';
import type { Advanced } from '../../contracts/core/machine.ts';
import { termsNow } from '../../domain/courses/dates/dates.ts';
import { advanceEnrollment } from '../../domain/courses/machine.ts';
import type { EnrollmentState } from '../../domain/courses/state.ts';
import { settledMails } from '../../domain/courses/unknown-mails.ts';
import { resolveUnknown } from '../../platform/db/runs/effects.ts';
import { enrollmentOfRun, writeFacets } from '../../platform/db/courses/enrollments.ts';
import { enrollmentPageUrl } from '../../platform/enrollment-link.ts';
import type { KeySource } from '../../platform/db/keys/master-keys.ts';
import type { RunKind } from '../engine/run-kind.ts';
import { reportMails } from './mail-incidents.ts';
import { reportMoney } from './money-incidents.ts';

/** What enrollment runs need: `keys` sign the link to the learner's own page, which is below `publicUrl`. */
export type EnrollmentDeps = { publicUrl: string; keys: KeySource };

/** Enrollment runs: the state machine over the terms that were promised and the dates as they are; each turn writes the three facets. */
export function createEnrollmentKind({ publicUrl, keys }: EnrollmentDeps): RunKind {
  return {
    async load(tx, run) {
      const enrollment = await enrollmentOfRun(tx, run.workspace_id, run.id);
      const target = { workspaceId: run.workspace_id, enrollmentId: enrollment.id };
      const terms = {
        ...termsNow(enrollment.terms as EnrollmentTerms, enrollment.details as CourseRunInput),
        pageUrl: enrollmentPageUrl(publicUrl, await keys(), target),
      };
      return {
        // The stored state is what an earlier turn of the machine returned, plain JSON by its contract.
        advance: (state, input) =>
          advanceEnrollment(
            terms,
            state as unknown as EnrollmentState | null,
            input,
          ) as unknown as Advanced<JsonObject>,
        async project(advanced) {
          const enrolled = advanced as unknown as Advanced<EnrollmentState>;
          const { facets, afterEnd } = enrolled.state;
          await writeFacets(tx, enrollment, facets, advanced.ended?.outcome ?? afterEnd?.outcome ?? null);
          await reportMoney(tx, run, enrolled);
          await reportMails(tx, run, enrolled);
          for (const mail of settledMails(advanced.steps)) await resolveUnknown(tx, run, mail);
        },
      };
    },
  };
}
