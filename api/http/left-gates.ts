import { mailLeftGates } from '../../platform/db/gates/assignees.ts';
import type { Logger } from '../../platform/log.ts';
import type { Principal } from './caller/principal.ts';
import type { Store } from './store.ts';

/** Tells the admins of the gates that nobody else is left for, once who could decide them has gone. */
export class LeftGates {
  constructor(
    private readonly store: Store,
    private readonly log: Logger,
  ) {}

  /** After a change that shuts a member or a key out is committed: that holds also where the mails fail, and the admins see the gates among theirs anyway. */
  mail(caller: Principal): Promise<void> {
    const { workspaceId } = caller;
    return this.store.afterwards(caller, {
      work: (tx) => mailLeftGates(tx, workspaceId),
      failed: (err) =>
        this.log.error({ err, workspaceId }, 'the admins get no mail of the gates that are left to them'),
    });
  }
}
