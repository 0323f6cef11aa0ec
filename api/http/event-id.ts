import type { Place } from '../../platform/db/views/change-log.ts';

/** What a client calls `Last-Event-ID`: a place in the change log of one epoch. */
export type EventId = { epoch: string; place: Place };

/** Writes an event's id: `epoch.xid.seq`. */
export function formatEventId(epoch: string, place: Place): string {
  return `${epoch}.${place.xid}.${place.seq}`;
}

/** Reads an event's id; null for anything that is none. */
export function parseEventId(text: string): EventId | null {
  // An xid8 is below 2^64, a seq below 2^63: numbers that Postgres could not read are no ids of ours.
  const [, epoch, xid, seq] = /^([0-9a-f]{12})\.(\d{1,19})\.(\d{1,18})$/.exec(text) ?? [];
  if (epoch === undefined || xid === undefined || seq === undefined) return null;
  return { epoch, place: { xid: BigInt(xid), seq: BigInt(seq) } };
}

/** Whether `a` lies behind `b` in the log. */
export function isAfter(a: Place, b: Place): boolean {
  return a.xid > b.xid || (a.xid === b.xid && a.seq > b.seq);
}
