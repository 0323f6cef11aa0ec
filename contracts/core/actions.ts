import { contactActions } from '../contacts/actions.ts';
import { courseActions } from '../courses/actions.ts';
import { crmActions } from '../crm/actions.ts';
import { documentActions } from '../documents/actions.ts';
import { messagingActions } from '../messaging/actions.ts';
import { modelActions } from '../models/actions.ts';
import type { ActionMode } from './action.ts';

/** Every action that a machine can ask for: the records of all features, under the names of their activities. */
export const actions = {
  ...messagingActions,
  ...modelActions,
  ...crmActions,
  ...contactActions,
  ...courseActions,
  ...documentActions,
};

/** The name of an action, which is that of its activity. */
export type ActionName = keyof typeof actions;

/** What a machine asks an action with. */
export type ActionParams<N extends ActionName> = NonNullable<(typeof actions)[N]['params']>;

/** What an action answers. */
export type ActionOutput<N extends ActionName> = NonNullable<(typeof actions)[N]['output']>;

/** The names of the actions that act in one way. */
export type ActionOfMode<M extends ActionMode['kind']> = {
  [N in ActionName]: (typeof actions)[N]['mode']['kind'] extends M ? N : never;
}[ActionName];

/** An action as a machine asks for it. */
export type ActionRequest<N extends ActionName = ActionName> = {
  [K in N]: { activity: K; params: ActionParams<K> };
}[N];

/** One action that is open. `id` is `${step}/${visit}`: stable over turns, retries and a rewind of the workflow. */
export type Action<N extends ActionName = ActionName> = { id: string; step: string; visit: number } & ActionRequest<N>;
