/** Limits that several processes share, each with its reason. */
export const limits = {
  /** A run continues as new from here: the Temporal server suggests it at 4,096 events and refuses at 51,200. */
  maxEvents: 2_000,
  /** Unread messages taken in one turn, so that a turn stays below its 5 s statement limit. */
  mailboxRowsPerTurn: 200,
  /** Bytes of a run's state: each turn stores it whole, and reads and writes it inside one transaction. */
  stateBytes: 1_048_576,
  /** Events in one intake call; the API's documented bound. */
  eventsPerCall: 1_000,
  /** Bytes of one event's properties; larger ones belong in an object store. */
  eventPropertiesBytes: 32_768,
  /** How far an event's `occurredAt` may lie in the future: clock skew, not planning. */
  eventFutureMs: 5 * 60_000,
} as const;
