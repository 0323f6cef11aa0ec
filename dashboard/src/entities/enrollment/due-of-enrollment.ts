import type { Enrollment } from '../../../../contracts/courses/enrollments-api.schema.ts';
import type { Due } from '../../ui/due.ts';

/** What ends at the next deadline of an enrollment: a decision, the time in which a seat is kept, or a wait that goes on by itself. */
export function dueOfEnrollment({ gateId, seat }: Pick<Enrollment, 'gateId' | 'seat'>): Due {
  if (gateId !== null) return 'person';
  return seat !== null && seat.kind !== 'confirmed' ? 'seat' : 'itself';
}
