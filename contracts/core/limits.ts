/** Limits that several processes share, each with its reason. */
export const limits = {
  /** A run continues as new from here: the Temporal server suggests it at 4,096 events and refuses at 51,200. */
  maxEvents: 2_000,
  /** How long it waits then for what is in flight: one attempt of a chunk of documents takes no longer. */
  drainMs: 30 * 60_000,
  /** A multiple of `maxEvents` at which it waits no longer: 10,000 events, a fifth of what the server refuses. */
  drainFactor: 5,
  /** Bytes of history at which it waits no longer: the server warns at 10 MiB and refuses at 50. */
  historyBytes: 20 * 1_048_576,
  /** Unread messages taken in one turn, so that a turn stays below its 5 s statement limit. */
  mailboxRowsPerTurn: 200,
  /** Bytes of a run's state: each turn stores it whole, and reads and writes it inside one transaction. */
  stateBytes: 1_048_576,
  /** Events in one intake call; the API's documented bound. */
  eventsPerCall: 1_000,
  /** Bytes of one event's properties; larger ones belong in an object store. */
  eventPropertiesBytes: 32_768,
  /** Bytes of a contact's attributes: every condition and every message of a run reads them whole. */
  contactAttributesBytes: 32_768,
  /** Characters of all values that one step is given: twice what a contact or an event has, and far less than a run's state. */
  valueCharacters: 65_536,
  /** Events of a contact that is joined with another: all its rows are moved in one transaction, which takes two seconds at most. */
  joinedEvents: 5_000,
  /** How far an event's `occurredAt` may lie in the future: clock skew, not planning. */
  eventFutureMs: 5 * 60_000,
} as const;
