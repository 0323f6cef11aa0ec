import type { z } from 'zod';
import { own, type JsonObject } from '../../../../../contracts/core/json.ts';
import { Brand } from '../../../../../contracts/documents/template.schema.ts';

/** A field of the sender that a person fills in. */
export type SenderField = Exclude<keyof z.infer<typeof Brand>, 'fonts'>;

/** The sender as it is kept, JSON: an object, or nothing where the text is none. */
function read(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
  } catch {
    return {};
  }
}

/** What stands in a field; an address has a line for each of its own. */
export function senderField(text: string, field: SenderField): string {
  const value = own(read(text), field);
  if (Array.isArray(value)) return value.filter((line) => typeof line === 'string').join('\n');
  return typeof value === 'string' ? value : '';
}

/** The sender with a field filled in, or left out where that is empty; what else it has stays. */
export function withSenderField(text: string, field: SenderField, value: string): string {
  const { [field]: _, ...others } = read(text);
  const filled = field === 'addressLines' ? value.split('\n') : value;
  return JSON.stringify(value === '' ? others : { ...others, [field]: filled });
}

/** The sender as the API takes it: an address without its empty lines. */
export function senderIn(text: string): JsonObject {
  const { addressLines, ...others } = read(text);
  if (!Array.isArray(addressLines)) return { ...others, ...(addressLines === undefined ? {} : { addressLines }) };
  const lines = addressLines
    .map((line) => (typeof line === 'string' ? line.trim() : line))
    .filter((line) => line !== '');
  return { ...others, addressLines: lines };
}

/** The fields that cannot stay as they are; an empty name is not one: it is still missing. */
export function senderFaults(text: string): ReadonlySet<PropertyKey> {
  const { name, ...others } = senderIn(text);
  const filled = { ...others, name: typeof name === 'string' && name.trim() !== '' ? name : 'x' };
  return new Set(Brand.safeParse(filled).error?.issues.map(({ path }) => path[0] ?? '') ?? []);
}
