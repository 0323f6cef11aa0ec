import type { Change, Place } from '../../../platform/db/views/change-log.ts';
import { formatEventId } from '../../http/event-id.ts';

/** A change with its event text, written once for all listeners. */
export type ChangeEvent = { topic: string; place: Place; text: string };

/** The event of a change. */
export function eventOf(epoch: string, { place, topic, id, rev }: Change): ChangeEvent {
  const text = `id: ${formatEventId(epoch, place)}\ndata: ${JSON.stringify({ topic, id, rev })}\n\n`;
  return { topic, place, text };
}

/** An id alone: without data nothing is dispatched, but the id is remembered (HTML standard, section 9.2.6). */
export function idText(epoch: string, place: Place): string {
  return `id: ${formatEventId(epoch, place)}\n\n`;
}

/** The event that says that changes may have been missed. */
export function resetText(epoch: string, place: Place): string {
  return `event: reset\nid: ${formatEventId(epoch, place)}\ndata: {}\n\n`;
}

/** The event that says by how many milliseconds the stream lags. */
export function lagText(lagMs: number): string {
  return `event: lag\ndata: {"lagMs":${lagMs}}\n\n`;
}
