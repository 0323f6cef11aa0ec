import type { ValueExpression } from '../../../contracts/journeys/conditions.schema.ts';
import type { CrmNode } from '../../../contracts/journeys/nodes.schema.ts';
import { ACTION_OPENED } from '../../../contracts/core/recorded-names.ts';
import { evaluateAll } from '../../conditions/values.ts';
import { defineActing, settleAction } from './actions.ts';
import { fieldUses } from './uses.ts';

/** Creates or updates the contact in the CRM, and goes on when the CRM has it. */
export const crm = defineActing<CrmNode>({
  begin: (node, scope) => ({
    kind: 'open',
    opened: {
      kind: ACTION_OPENED,
      activity: 'upsertCrm',
      params: { upsert: node.upsert, set: evaluateAll(node.set, scope.facts) },
    },
  }),
  settle: (_, result) => settleAction(result),
  faults: ({ set }) =>
    Object.entries(set)
      .filter(([, value]) => givesObject(value))
      .map(([name]) => ({
        field: `set.${name}`,
        code: 'crm.objectValue',
        message: 'A field of the CRM takes no object',
        hint: 'Set one field for each part; a list fills a field of several choices.',
      })),
  uses: (node) => fieldUses('set', node.set),
  output: () => ({}),
  draw: (node) => ({ detail: `Updates the CRM: ${Object.keys(node.set).join(', ')}` }),
});

/** Whether an expression gives an object, or a list with one, whatever the run is. */
function givesObject(expression: ValueExpression): boolean {
  switch (expression.kind) {
    case 'object':
      return true;
    case 'firstOf':
      return expression.values.some(givesObject);
    case 'literal':
      return [expression.value].flat().some((value) => typeof value === 'object' && value !== null);
    default:
      return false;
  }
}
