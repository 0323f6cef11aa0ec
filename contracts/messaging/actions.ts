import { effectAction } from '../core/action.ts';
import type { JsonObject } from '../core/json.ts';

/** A mail to the run's contact: stored or inline words, `subject` null for the template's own, and their variables. */
export type Mail = {
  content:
    | { kind: 'template'; template: string; subject: string | null }
    | { kind: 'inline'; subject: string; markdown: string };
  variables: JsonObject;
  /** Not from a list with an unsubscribe link: a receipt, a seat offer. */
  isTransactional?: boolean;
};

/** What the mail server said. */
type Sent = { reply: string; serverMessageId: string | null };

/** The actions that write to people. */
export const messagingActions = {
  sendMessage: effectAction<Mail, Sent>({ service: 'email', promise: 'atMostOnce', queue: 'email', seconds: 60 }),
};
