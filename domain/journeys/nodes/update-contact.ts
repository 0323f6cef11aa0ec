import type { UpdateContactNode } from '../../../contracts/journeys/nodes.schema.ts';
import { limits } from '../../../contracts/core/limits.ts';
import type { JsonObject, JsonValue } from '../../../contracts/core/machine.ts';
import type { ValueExpression } from '../../../contracts/journeys/conditions.schema.ts';
import { ACTION_OPENED } from '../../../contracts/core/recorded-names.ts';
import { evaluateAll, isObject, type Facts } from '../../conditions/values.ts';
import { defineActing, settleAction } from './actions.ts';
import { fieldUses } from './uses.ts';

/** Sets attributes, and goes on when they are set. A null that is written in the step removes one; a value that is not there leaves it as it is. */
export const updateContact = defineActing<UpdateContactNode>({
  begin: (node, scope) => ({
    kind: 'open',
    opened: { kind: ACTION_OPENED, activity: 'updateContact', params: { set: valuesOf(node, scope.facts) } },
  }),
  settle: (_, result) => settleAction(result),
  uses: (node) => fieldUses('set', node.set),
  output: () => ({}),
  carry: (contact, { set }) => (isObject(set) ? withAttributes(contact, set) : contact),
  draw: (node) => ({ detail: `Sets ${Object.keys(node.set).join(', ')}` }),
});

function valuesOf({ set }: UpdateContactNode, facts: Facts): JsonObject {
  const isMeant = ([name, value]: [string, JsonValue | undefined]): boolean => value !== null || saysNull(set[name]);
  return Object.fromEntries(Object.entries(evaluateAll(set, facts)).filter(isMeant));
}

function saysNull(expression: ValueExpression | undefined): boolean {
  if (expression?.kind === 'firstOf') return expression.values.some(saysNull);
  return expression?.kind === 'literal' && expression.value === null;
}

/** A contact with what was set; as it was, where that would be more than a contact may have. */
function withAttributes(contact: JsonObject, set: JsonObject): JsonObject {
  const changed = { ...contact, ...set };
  return JSON.stringify(changed).length > limits.contactAttributesBytes ? contact : changed;
}
