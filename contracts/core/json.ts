/** Any JSON value. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** A JSON object; a missing property and one that is `undefined` mean the same. */
export type JsonObject = { readonly [name: string]: JsonValue | undefined };

/**
 * What a record holds under a name that a person or a file has given; undefined where it holds nothing of its own. Reading `record[name]`
 * finds functions under `constructor` and `toString`, which every object inherits.
 */
export function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
