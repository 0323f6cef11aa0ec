import type { EventTrigger } from '../journeys/nodes.schema.ts';

/** The events that a contact's entering and leaving of segments is, with the segment's slug as the key; nothing else may send them. */
export const membershipEvents = { entered: '$segmentEntered', left: '$segmentLeft' } as const;

/** Whether an event says that a contact has entered or left a segment. */
export function isMembershipEvent(name: string): boolean {
  return name === membershipEvents.entered || name === membershipEvents.left;
}

/** The segment that a trigger is about; null where it is about none, or does not say which. */
export function segmentOf({ event, key }: Pick<EventTrigger, 'event' | 'key'>): string | null {
  return isMembershipEvent(event) && key?.kind === 'literal' && typeof key.value === 'string' ? key.value : null;
}
