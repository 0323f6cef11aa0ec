import { Injectable } from '@nestjs/common';
import type { ProgressAnswer } from '../../contracts/courses/enrollments-api.schema.ts';
import type { ProgressEvent } from '../../contracts/courses/enrollment.schema.ts';
import { takeProgress } from '../../platform/db/courses/progress.ts';
import type { Principal } from '../http/caller/principal.ts';
import { Store } from '../http/store.ts';

/** Learning progress from outside: stored once, then sent to the enrollment. */
@Injectable()
export class ProgressService {
  constructor(private readonly store: Store) {}

  async takeIn(caller: Principal, events: ProgressEvent[]): Promise<ProgressAnswer> {
    return this.store.inWorkspace(caller, async (tx) => {
      const answer: ProgressAnswer = { accepted: 0, duplicates: 0, rejected: [] };
      for (const [index, event] of events.entries()) {
        const verdict = await takeProgress(tx, caller.workspaceId, event);
        if (verdict === 'accepted') answer.accepted += 1;
        else if (verdict === 'duplicate') answer.duplicates += 1;
        else
          answer.rejected.push({
            index,
            code: 'enrollment.notFound',
            message: `There is no enrollment ${event.enrollment} here`,
          });
      }
      return answer;
    });
  }
}
