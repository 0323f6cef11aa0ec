import { sql } from 'kysely';
import type { PerformActivities } from '../../contracts/core/engine.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import { performWork } from '../effects/perform-work.ts';

/** The activity that sets attributes of the run's contact; a null removes one. */
export function createContactActivities({ db }: { db: Db }): Pick<PerformActivities, 'updateContact'> {
  return {
    updateContact: (input) =>
      performWork(db, input, async (tx, { run, perform }) => {
        const set = JSON.stringify(perform.params['set'] ?? {});
        await sql`update contact set attributes = jsonb_strip_nulls(attributes || ${set}::jsonb), updated_at = now(), rev = rev + 1
          where workspace_id = ${run.workspace_id} and id = ${run.contact_id}`.execute(tx);
        return {};
      }),
  };
}
