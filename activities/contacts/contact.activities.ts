import type { ActionActivities } from '../../contracts/core/engine.ts';
import type { JsonObject } from '../../contracts/core/machine.ts';
import { mergeAttributes } from '../../platform/db/contacts/contacts.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import { runLocalAction } from '../effects/run-local-action.ts';

/** The activity that sets attributes of the run's contact; a null removes one. */
export function createContactActivities({ db }: { db: Db }): Pick<ActionActivities, 'updateContact'> {
  return {
    updateContact: (input) =>
      runLocalAction(db, input, async (tx, { run, action }) => {
        const attributes = (action.params['set'] ?? {}) as JsonObject;
        await mergeAttributes(tx, { workspaceId: run.workspace_id, contactId: run.contact_id, attributes });
        return {};
      }),
  };
}
