import type { CrmNode } from '../../../contracts/journeys/nodes.schema.ts';
import { ACTION_OPENED } from '../../../contracts/core/recorded-names.ts';
import { evaluateAll } from '../../conditions/values.ts';
import { settleAction } from './actions.ts';
import { defineKind } from './node-kind.ts';
import { fieldUses } from './uses.ts';

/** Creates or updates the contact in the CRM, and goes on when the CRM has it. */
export const crm = defineKind<CrmNode>({
  begin: (node, scope) => ({
    kind: 'open',
    opened: {
      kind: ACTION_OPENED,
      activity: 'upsertCrm',
      params: { upsert: node.upsert, set: evaluateAll(node.set, scope.facts) },
    },
  }),
  settle: (_, result) => settleAction(result),
  uses: (node) => fieldUses('set', node.set),
  output: () => ({}),
  draw: (node) => ({ detail: `Updates the CRM: ${Object.keys(node.set).join(', ')}` }),
});
