import { effectAction } from '../core/action.ts';
import type { JsonObject } from '../core/json.ts';

/**
 * A mail to the run's contact: stored or inline words, `subject` null for the template's own, and their variables. A subject is words as they
 * are unless `isSubjectLiquid`, which a person has written.
 */
export type Mail = {
  content:
    | { kind: 'template'; template: string; subject: string | null; isSubjectLiquid?: boolean }
    | { kind: 'inline'; subject: string; markdown: string; isSubjectLiquid?: boolean };
  variables: JsonObject;
  /** The reader's zone (IANA), in which the mail writes instants; missing where code of before asked for it, and in mails about a course. */
  zone?: string;
  /** Hours (`HH:MM`) in which it is not sent, whenever it is tried: it waits for their end, or is left out; `zone` is an IANA name. */
  quiet?: { from: string; to: string; zone: string; over: 'hold' | 'skip' };
  /** About what the person bought or booked: it has no link to unsubscribe by and goes to who has unsubscribed. */
  isTransactional?: boolean;
};

/** What the mail server said. */
type Sent = { reply: string; serverMessageId: string | null };

/** The actions that write to people. */
export const messagingActions = {
  /** Not broken off: of a mail that is cut off nobody knows whether it arrives. */
  sendMessage: effectAction<Mail, Sent>({
    service: 'email',
    promise: 'atMostOnce',
    queue: 'email',
    onExit: 'finish',
    seconds: 60,
  }),
};
