/**
 * Names that are stored or recorded and differ from today's words. Workflow histories, stored states, mailboxes and the
 * hash-chained audit of 0.1 hold them, and old workers run beside new ones during an upgrade: they never change.
 */

/** The signal that wakes a run's loop, in every workflow history. It carries nothing: what happened is in the mailbox. */
export const WAKE_SIGNAL = 'ring';

/** The kind of a message that brings an action's output, in `run_inbox` and in the result a journey's state keeps of it. */
export const ACTION_DONE = 'performed';

/** The kind of an open action in a journey's state, stored with each turn. */
export const ACTION_OPENED = 'perform';

/** A stored name: where it is, and the word that code and docs use for it. */
export type RecordedName = { name: string; where: string; word: string };

/** Tables, columns and properties that keep an old word because rows, states or answers of the API hold it. */
export const recordedNames: readonly RecordedName[] = [
  { name: 'run_inbox', where: 'table', word: 'mailbox' },
  { name: 'unreadInbox', where: 'answer of GET /v1/runs/{id}', word: 'unread messages' },
  { name: 'runsTold', where: 'answer of POST /v1/journeys/{slug}/pause', word: 'runs that got the message' },
  { name: 'gate_vote', where: 'table', word: 'decision' },
  { name: 'voter_kind', where: 'column of gate_vote', word: 'decider' },
  { name: 'voter_id', where: 'column of gate_vote', word: 'decider' },
  { name: 'voterId', where: 'detail of the audit', word: 'decider' },
  { name: 'votes', where: 'answer of GET /v1/gates/{id}', word: 'decisions' },
  { name: 'GateVote', where: 'schema of the OpenAPI document', word: 'decision' },
  { name: 'perform', where: 'column of payment, and openCheckout of an enrollment', word: 'action' },
  { name: 'wish', where: 'state of an enrollment', word: 'leave request' },
  { name: 'errands', where: 'state of an enrollment', word: 'side tasks' },
  { name: 'isTold', where: 'state of an enrollment that closes', word: 'the ending mail is sent' },
  { name: 'toggleSeq', where: 'state of a journey run', word: 'message of the last pause or resume' },
];
