import { effectAction } from '../core/action.ts';
import type { JsonObject } from '../core/json.ts';

const call = { service: 'crm', promise: 'keyed', queue: 'crm', onExit: 'breakOff' } as const;
type InCrm = { crmId: string };

/** The actions that write to the CRM: keyed, so that a repeated call changes nothing more. */
export const crmActions = {
  /** Creates or updates the record of the run's contact. */
  upsertCrm: effectAction<{ upsert: 'contact'; set: JsonObject }, InCrm>(call),
  /** Puts a note on it. */
  addCrmNote: effectAction<{ note: string }, InCrm>(call),
};
