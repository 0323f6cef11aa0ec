import type { Contact, ContactChange } from '../../../../../contracts/contacts/contacts-api.schema.ts';
import type { JsonObject } from '../../../../../contracts/core/json.ts';

/** What kind of value an attribute has: a text, a number, yes or no, or what only JSON can say. */
export type AttributeKind = 'text' | 'number' | 'flag' | 'json';

/** An attribute as it is typed; `key` tells rows apart while their names change. */
export type AttributeRow = { key: string; name: string; kind: AttributeKind; value: string };

/** A person as they are typed. */
export type PersonDraft = { externalId: string; email: string; zone: string; rows: readonly AttributeRow[] };

/** A new person: only their names are asked for. */
export function newPersonDraft(): PersonDraft {
  return { externalId: '', email: '', zone: '', rows: [textRow('firstName'), textRow('lastName')] };
}

/** A known person, their attributes in the order of their names. */
export function personDraftOf({ externalId, email, zone, attributes }: Contact): PersonDraft {
  const rows = Object.entries(attributes)
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([name, value]) => ({ key: name, name, ...typed(value) }));
  return { externalId, email: email ?? '', zone: zone ?? '', rows };
}

/** A row without a value. */
export function textRow(name: string): AttributeRow {
  return { key: name === '' ? crypto.randomUUID() : name, name, kind: 'text', value: '' };
}

/** The row whose value is not of its kind, or whose name stands twice; null where all can be sent. */
export function wrongRow({ rows }: PersonDraft): AttributeRow | null {
  const filled = rows.filter(({ name }) => name.trim() !== '');
  const isTwice = ({ name }: AttributeRow, at: number): boolean =>
    filled.findIndex((other) => other.name.trim() === name.trim()) !== at;
  return filled.find((row, at) => valueOf(row) === undefined || isTwice(row, at)) ?? null;
}

/**
 * What is to be written: of a known person only what was changed, so that what other systems write meanwhile stays. An attribute that was
 * removed, or emptied, is removed.
 */
export function changeOf(draft: PersonDraft, before: Contact | null): ContactChange {
  const change: ContactChange = {};
  const [email, zone] = [orNull(draft.email), orNull(draft.zone)];
  if (email !== (before?.email ?? null)) change.email = email;
  if (zone !== (before?.zone ?? null)) change.zone = zone;
  const now = valuesOf(draft.rows);
  // As a form shows them: an empty text, which stays one where it was not touched.
  const known = valuesOf(before ? personDraftOf(before).rows : []);
  const names = new Set([...now.keys(), ...known.keys()]);
  names.delete('');
  const changed = [...names].flatMap((name) => {
    const [is, was] = [now.get(name) ?? null, known.get(name) ?? null];
    return JSON.stringify(is) === JSON.stringify(was) ? [] : [[name, is] as const];
  });
  if (changed.length > 0) change.attributes = Object.fromEntries(changed);
  return change;
}

function valuesOf(rows: readonly AttributeRow[]): Map<string, JsonObject[string]> {
  return new Map(rows.map((row) => [row.name.trim(), valueOf(row) ?? null]));
}

function typed(value: unknown): Pick<AttributeRow, 'kind' | 'value'> {
  if (typeof value === 'string') return { kind: 'text', value };
  if (typeof value === 'number') return { kind: 'number', value: String(value) };
  if (typeof value === 'boolean') return { kind: 'flag', value: value ? 'yes' : 'no' };
  return { kind: 'json', value: JSON.stringify(value) };
}

/** The typed value; null for an empty one, undefined where it is not of its kind. */
function valueOf({ kind, value }: AttributeRow): JsonObject[string] | undefined {
  const text = value.trim();
  if (text === '') return null;
  switch (kind) {
    case 'text':
      return value;
    case 'number':
      return Number.isFinite(Number(text)) ? Number(text) : undefined;
    case 'flag':
      return text === 'yes';
    case 'json':
      return parsed(text);
  }
}

function parsed(text: string): JsonObject[string] | undefined {
  try {
    return JSON.parse(text) as JsonObject[string];
  } catch {
    return undefined;
  }
}

function orNull(text: string): string | null {
  return text.trim() === '' ? null : text.trim();
}
