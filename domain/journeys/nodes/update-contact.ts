import type { UpdateContactNode } from '../../../contracts/journeys/nodes.schema.ts';
import { limits } from '../../../contracts/core/limits.ts';
import type { JsonObject } from '../../../contracts/core/machine.ts';
import { ACTION_OPENED } from '../../../contracts/core/recorded-names.ts';
import { evaluateAll, isObject } from '../../conditions/values.ts';
import { defineActing, settleAction } from './actions.ts';
import { fieldUses } from './uses.ts';

/** Sets attributes, and goes on when they are set. A null removes the attribute. */
export const updateContact = defineActing<UpdateContactNode>({
  begin: (node, scope) => ({
    kind: 'open',
    opened: { kind: ACTION_OPENED, activity: 'updateContact', params: { set: evaluateAll(node.set, scope.facts) } },
  }),
  settle: (_, result) => settleAction(result),
  uses: (node) => fieldUses('set', node.set),
  output: () => ({}),
  carry: (contact, { set }) => (isObject(set) ? withAttributes(contact, set) : contact),
  draw: (node) => ({ detail: `Sets ${Object.keys(node.set).join(', ')}` }),
});

/** A contact with what was set; as it was, where that would be more than a contact may have. */
function withAttributes(contact: JsonObject, set: JsonObject): JsonObject {
  const changed = { ...contact, ...set };
  return JSON.stringify(changed).length > limits.contactAttributesBytes ? contact : changed;
}
