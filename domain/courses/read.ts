import type { JsonObject } from '../../contracts/core/machine.ts';

/** The text in a field, null where there is none. */
export function text(payload: JsonObject, field: string): string | null {
  const value = payload[field];
  return typeof value === 'string' ? value : null;
}

/** The whole number of at least 0 in a field, null where there is none. */
export function count(payload: JsonObject, field: string): number | null {
  const value = payload[field];
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

/** The percentage in a field as hundredths of a percent, null where there is none. */
export function basisPoints(payload: JsonObject, field: string): number | null {
  const value = payload[field];
  return typeof value === 'number' && value >= 0 && value <= 100 ? Math.round(value * 100) : null;
}

/** The list of texts in a field; what is no text is left out. */
export function texts(payload: JsonObject, field: string): string[] {
  const value = payload[field];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

/** The fields in a field, empty where there are none. */
export function fields(payload: JsonObject, field: string): JsonObject {
  const value = payload[field];
  return isFields(value) ? value : {};
}

function isFields(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Why something failed, as the engine noted it. */
export function failureOf(payload: JsonObject): string {
  return text(payload, 'message') ?? text(payload, 'type') ?? 'unknown failure';
}
