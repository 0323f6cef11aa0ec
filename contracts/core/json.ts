/** Any JSON value. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** A JSON object; a missing property and one that is `undefined` mean the same. */
export type JsonObject = { readonly [name: string]: JsonValue | undefined };
