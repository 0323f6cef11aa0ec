/** A value of a decoded form: text, a list, or fields. */
export type FormValue = string | FormValue[] | { [key: string]: FormValue };

/**
 * Decodes the form encoding of Stripe's API, where brackets nest: `metadata[enrollment]=e1`, `line_items[0][quantity]=1`,
 * `expand[]=data`. Fields whose keys are 0, 1, 2 … become a list.
 */
export function decodeForm(body: string): Record<string, FormValue> {
  const root: Record<string, FormValue> = Object.create(null);
  for (const [name, value] of new URLSearchParams(body)) {
    const [first = '', ...rest] = name.replaceAll(']', '').split('[');
    place(root, [first, ...rest], value);
  }
  return Object.fromEntries(Object.entries(root).map(([key, value]) => [key, asLists(value)]));
}

function place(fields: Record<string, FormValue>, path: string[], value: string): void {
  const [head = '', ...tail] = path;
  const key = head === '' ? String(Object.keys(fields).length) : head;
  if (tail.length === 0) {
    fields[key] = value;
    return;
  }
  const known = fields[key];
  const inner = typeof known === 'object' && !Array.isArray(known) ? known : Object.create(null);
  fields[key] = inner;
  place(inner, tail, value);
}

function asLists(value: FormValue): FormValue {
  if (typeof value === 'string' || Array.isArray(value)) return value;
  const entries = Object.entries(value).map(([key, inner]): [string, FormValue] => [key, asLists(inner)]);
  const isList = entries.length > 0 && entries.every(([key], index) => key === String(index));
  return isList ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}
