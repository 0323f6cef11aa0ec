import type { JourneyNode } from '../../../contracts/journeys/nodes.schema.ts';
import { approval } from './approval.ts';
import { crm } from './crm.ts';
import { delay } from './delay.ts';
import { email } from './email.ts';
import { exit } from './exit.ts';
import { goTo } from './go-to.ts';
import { condition } from './if.ts';
import { llm } from './llm.ts';
import type { NodeKind, NodeOf } from './node-kind.ts';
import { updateContact } from './update-contact.ts';
import { waitFor } from './wait-for.ts';

/** The kinds of nodes. This is the only list of them: everything else asks the record. */
export const nodeKinds: { [K in JourneyNode['kind']]: NodeKind<NodeOf<K>> } = {
  email,
  delay,
  waitFor,
  if: condition,
  llm,
  approval,
  updateContact,
  crm,
  exit,
  goTo,
};

/** The record of a node's kind. */
export function kindOf(node: JourneyNode): NodeKind<JourneyNode> {
  return nodeKinds[node.kind];
}
