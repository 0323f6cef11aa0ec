import { Injectable } from '@nestjs/common';
import type { ProgressAnswer } from '../../contracts/courses/enrollments-api.schema.ts';
import { ProgressEnvelope, ProgressEvent } from '../../contracts/courses/enrollment.schema.ts';
import { takeProgress, type ProgressVerdict } from '../../platform/db/courses/progress.ts';
import type { Principal } from '../http/caller/principal.ts';
import { readBody } from '../http/request/raw-body.ts';
import { findUnusable } from '../http/request/validation.pipe.ts';
import { Store } from '../http/store.ts';

/** Levels of nesting in one event: its fields are single values. */
const maxDepth = 2;

/** Learning progress from outside: each event is validated by itself, stored once, then sent to the enrollment. */
@Injectable()
export class ProgressService {
  constructor(private readonly store: Store) {}

  async takeIn(caller: Principal, body: unknown): Promise<ProgressAnswer> {
    const { events } = readBody(ProgressEnvelope, body);
    return this.store.inWorkspace(caller, async (tx) => {
      const answer: ProgressAnswer = { accepted: 0, duplicates: 0, rejected: [] };
      for (const [index, event] of events.entries()) {
        const read = readEvent(event);
        const verdict = 'code' in read ? read : await takeProgress(tx, caller.workspaceId, read.event);
        if (verdict === 'accepted') answer.accepted += 1;
        else if (verdict === 'duplicate') answer.duplicates += 1;
        else answer.rejected.push({ index, ...(typeof verdict === 'string' ? refusals[verdict] : verdict) });
      }
      return answer;
    });
  }
}

type Refusal = { code: string; message: string };

const refusals: Record<Exclude<ProgressVerdict, 'accepted' | 'duplicate'>, Refusal> = {
  unknownEnrollment: { code: 'enrollment.notFound', message: 'There is no such enrollment here' },
  noAccess: {
    code: 'enrollment.noAccess',
    message: 'The learner has no access now: no seat of their own yet, or a withdrawal that waits for a decision',
  },
  ended: { code: 'enrollment.ended', message: 'The enrollment has ended, so nothing is learned in it any more' },
};

function readEvent(event: unknown): { event: ProgressEvent } | Refusal {
  const unusable = findUnusable(event, maxDepth);
  if (unusable) return { code: unusable.code, message: `${unusable.path || 'the event'} ${unusable.message}` };
  const read = ProgressEvent.safeParse(event);
  if (read.success) return { event: read.data };
  const [issue] = read.error.issues;
  const path = issue?.path.join('.') || 'the event';
  return { code: 'progress.invalid', message: `${path}: ${issue?.message ?? 'is not usable'}` };
}
