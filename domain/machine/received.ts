import type { JsonObject, MailboxItem } from '../../contracts/core/machine.ts';
import { ACTION_DONE } from '../../contracts/core/recorded-names.ts';
import { isObject } from '../conditions/values.ts';
import { visitId, type Visit } from './lines.ts';

/** Whether a message is the answer to the action of a visit: its output, or its final failure. */
export function answers(item: MailboxItem, visit: Visit): boolean {
  return (item.kind === ACTION_DONE || item.kind === 'failed') && item.ref === visitId(visit);
}

/** Whether a message is the decision of the gate of a visit. */
export function decides({ kind, payload }: MailboxItem, { step, visit }: Visit): boolean {
  return kind === 'gate' && payload['step'] === step && payload['visit'] === visit;
}

/** The text in a field, null where there is none. */
export function text(payload: JsonObject, field: string): string | null {
  const value = payload[field];
  return typeof value === 'string' ? value : null;
}

/** The text in a field; another one where there is none or an empty one. */
export function textOr(payload: JsonObject, field: string, otherwise: string): string {
  return text(payload, field) || otherwise;
}

/** The whole number of at least 0 in a field, null where there is none. */
export function count(payload: JsonObject, field: string): number | null {
  const value = payload[field];
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

/** The list of texts in a field; what is no text is left out. */
export function texts(payload: JsonObject, field: string): string[] {
  const value = payload[field];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

/** The fields in a field, empty where there are none. */
export function fields(payload: JsonObject, field: string): JsonObject {
  const value = payload[field];
  return isObject(value) ? value : {};
}

/** Why an action failed, as the engine noted it. */
export function failureOf(payload: JsonObject): string {
  return text(payload, 'message') ?? text(payload, 'type') ?? 'unknown failure';
}
