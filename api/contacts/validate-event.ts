import { EventInput, type RejectedEvent } from '../../contracts/contacts/events-api.schema.ts';
import { limits } from '../../contracts/core/limits.ts';
import { isMembershipEvent } from '../../contracts/segments/membership-events.ts';
import type { JsonObject } from '../../contracts/core/machine.ts';
import type { IncomingEvent } from '../../platform/db/journeys/event-intake.ts';
import { findUnusable } from '../http/request/validation.pipe.ts';

/** Levels of nesting in one event; a fact about a person needs no more. */
const maxDepth = 32;
/** No event of a contact is older, and Postgres has no year 0. */
const earliest = Date.parse('1970-01-01T00:00:00Z');

/** A fault of one event, without its place in the call. */
type Fault = Omit<RejectedEvent, 'index'>;

/** Validates one event of a call at `now` (epoch ms). A bad one says why and does not affect the others. */
export function validateEvent(event: unknown, now: number): IncomingEvent | Fault {
  const unusable = findUnusable(event, maxDepth);
  if (unusable) return { code: unusable.code, message: `${unusable.path || 'the event'} ${unusable.message}` };
  if (sizeOfProperties(event) > limits.eventPropertiesBytes) {
    const message = `properties are larger than ${limits.eventPropertiesBytes} bytes`;
    return { code: 'event.propertiesTooLarge', message };
  }
  const read = EventInput.safeParse(event);
  if (!read.success) return faultOf(read.error.issues[0], event);
  const { key, properties, ...rest } = read.data;
  if (isMembershipEvent(rest.name))
    return { code: 'event.reservedName', message: `${rest.name} comes from segments alone; send another name` };
  const occurredAt = Date.parse(rest.occurredAt);
  if (occurredAt > now + limits.eventFutureMs) {
    const message = `occurredAt lies more than ${limits.eventFutureMs / 60_000} minutes in the future`;
    return { code: 'event.inFuture', message };
  }
  if (occurredAt < earliest) return { code: 'event.tooOld', message: 'occurredAt lies before 1970' };
  // JSON came in and went through the schema, so it is JSON.
  const instant = { occurredAt: new Date(occurredAt).toISOString() };
  return {
    ...rest,
    ...(rest.occurredAt.endsWith('Z') ? {} : instant),
    key: key ?? null,
    properties: properties as JsonObject,
  };
}

/** The code of each field that can be wrong; a missing one has its own. */
const codes: Record<string, string> = {
  id: 'event.invalidId',
  name: 'event.invalidName',
  contact: 'event.invalidContact',
  key: 'event.invalidKey',
  occurredAt: 'event.invalidTime',
  properties: 'event.invalidProperties',
};

function faultOf(
  issue: { code: string; path: PropertyKey[]; message: string; keys?: unknown } | undefined,
  event: unknown,
): Fault {
  const field = String(issue?.path[0] ?? '');
  if (issue?.code === 'unrecognized_keys') {
    const names = Array.isArray(issue.keys) ? issue.keys.join(', ') : '';
    return { code: 'event.unknownField', message: `unknown field ${names}` };
  }
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    return { code: 'event.malformed', message: 'an event is a JSON object' };
  }
  const isMissing = !(field in event);
  if (isMissing)
    return { code: `event.missing${field.charAt(0).toUpperCase()}${field.slice(1)}`, message: `${field} is missing` };
  return { code: codes[field] ?? 'event.malformed', message: `${field}: ${issue?.message ?? 'is not usable'}` };
}

function sizeOfProperties(event: unknown): number {
  if (typeof event !== 'object' || event === null || !('properties' in event)) return 0;
  return Buffer.byteLength(JSON.stringify(event.properties) ?? '');
}
