import { localAction, type Nothing } from '../core/action.ts';
import type { JsonObject } from '../core/json.ts';

/** The actions that change contacts. */
export const contactActions = {
  /** Sets attributes of the run's contact; a null removes one. */
  updateContact: localAction<{ set: JsonObject }, Nothing>(),
};
