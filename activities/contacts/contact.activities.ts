import { sql } from 'kysely';
import type { ActionActivities } from '../../contracts/core/engine.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import { runLocalAction } from '../effects/run-local-action.ts';

/** The activity that sets attributes of the run's contact; a null removes one. */
export function createContactActivities({ db }: { db: Db }): Pick<ActionActivities, 'updateContact'> {
  return {
    updateContact: (input) =>
      runLocalAction(db, input, async (tx, { run, action }) => {
        const set = JSON.stringify(action.params['set'] ?? {});
        await sql`update contact set attributes = jsonb_strip_nulls(attributes || ${set}::jsonb), updated_at = now(), rev = rev + 1
          where workspace_id = ${run.workspace_id} and id = ${run.contact_id}`.execute(tx);
        return {};
      }),
  };
}
