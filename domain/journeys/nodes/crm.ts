import type { CrmNode } from '../../../contracts/journeys/journey.ts';
import { evaluateAll } from '../../conditions/values.ts';
import { settleAction } from './actions.ts';
import { defineKind } from './node-kind.ts';
import { fieldUses } from './uses.ts';

/** Creates or updates the contact in the CRM, and goes on when the CRM has it. `params`: `{ upsert, set }`. */
export const crm = defineKind<CrmNode>({
  begin: (node, scope) => ({
    kind: 'open',
    opened: {
      kind: 'perform',
      activity: 'upsertCrm',
      params: { upsert: node.upsert, set: evaluateAll(node.set, scope.facts) },
    },
  }),
  settle: (_, settled) => settleAction(settled),
  uses: (node) => fieldUses('set', node.set),
  output: () => ({}),
  draw: (node) => ({ detail: `Tells the CRM ${Object.keys(node.set).join(', ')}` }),
});
