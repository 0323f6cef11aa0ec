import { ApplicationFailure } from '@temporalio/activity';
import type { ActionActivities } from '../../contracts/core/engine.ts';
import { failureTypes } from '../../contracts/core/failures.ts';
import { limits } from '../../contracts/core/limits.ts';
import { mergeAttributes } from '../../platform/db/contacts/contacts.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import { runLocalAction } from '../effects/run-local-action.ts';

/** The activity that sets attributes of the run's contact; a null removes one. */
export function createContactActivities({ db }: { db: Db }): Pick<ActionActivities, 'updateContact'> {
  return {
    updateContact: (input) =>
      runLocalAction(db, input, {
        action: 'updateContact',
        async work(tx, { run, action }) {
          const { workspace_id: workspaceId, contact_id: contactId } = run;
          if (await mergeAttributes(tx, { workspaceId, contactId, attributes: action.params.set })) return {};
          const message = `The contact would have more than ${limits.contactAttributesBytes} bytes of attributes`;
          throw ApplicationFailure.nonRetryable(message, failureTypes.effectRejected);
        },
      }),
  };
}
