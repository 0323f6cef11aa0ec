import type { JourneyNode } from '../../contracts/journey.ts';
import { unexpected, type Move, type Scope } from './moves.ts';
import { beginApproval, settleApproval } from './nodes/approval.ts';
import { beginCrm, settleCrm } from './nodes/crm.ts';
import { beginDelay, settleDelay } from './nodes/delay.ts';
import { beginEmail, settleEmail } from './nodes/email.ts';
import { beginExit } from './nodes/exit.ts';
import { beginGoTo } from './nodes/go-to.ts';
import { beginIf } from './nodes/if.ts';
import { beginLlm, settleLlm } from './nodes/llm.ts';
import { beginUpdateContact, settleUpdateContact } from './nodes/update-contact.ts';
import { beginWaitFor, settleWaitFor } from './nodes/wait-for.ts';
import type { Settlement } from './state.ts';

/** What a node does when the run reaches it. */
export function beginNode(node: JourneyNode, scope: Scope): Move {
  switch (node.kind) {
    case 'email':
      return beginEmail(node, scope);
    case 'delay':
      return beginDelay(node, scope);
    case 'waitFor':
      return beginWaitFor(node, scope);
    case 'if':
      return beginIf(node, scope);
    case 'llm':
      return beginLlm(node, scope);
    case 'approval':
      return beginApproval(node, scope);
    case 'updateContact':
      return beginUpdateContact(node, scope);
    case 'crm':
      return beginCrm(node, scope);
    case 'exit':
      return beginExit(node);
    case 'goTo':
      return beginGoTo(node);
  }
}

/** What a node does with what it heard. */
export function settleNode(node: JourneyNode, settled: Settlement, scope: Scope): Move {
  switch (node.kind) {
    case 'email':
      return settleEmail(node, settled, scope);
    case 'delay':
      return settleDelay(settled);
    case 'waitFor':
      return settleWaitFor(settled);
    case 'llm':
      return settleLlm(node, settled);
    case 'approval':
      return settleApproval(settled);
    case 'updateContact':
      return settleUpdateContact(settled);
    case 'crm':
      return settleCrm(settled);
    case 'if':
    case 'exit':
    case 'goTo':
      return unexpected(settled);
  }
}
