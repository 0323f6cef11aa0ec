import { LRUCache } from 'lru-cache';
import { own, type JsonObject, type JsonValue } from '../../../contracts/core/json.ts';
import { ProviderError } from '../provider-error.ts';

type Scalar = string | number | boolean;
/** A value of a CRM field; a list is for a field of several choices. */
export type CrmValue = Scalar | readonly Scalar[];

/**
 * What a step sets, as a CRM takes it. What is not there (null) is left out, so that the CRM's field stays as it is; an empty text empties it.
 * @throws ProviderError `crm.value` with the path of an object, or of a list of something else than single values
 */
export function crmValues(set: JsonObject): Record<string, CrmValue> {
  return Object.fromEntries(
    Object.entries(set).flatMap(([name, value]): [string, CrmValue][] => {
      if (value === null || value === undefined) return [];
      if (isScalar(value)) return [[name, value]];
      if (Array.isArray(value) && value.every(isScalar)) return [[name, value]];
      throw refused(name, Array.isArray(value) ? 'a list of lists or objects' : 'an object');
    }),
  );
}

/** Says whether a field of the CRM takes several choices. @throws ProviderError */
export type ChoiceLookup = (field: string, signal: AbortSignal | undefined) => Promise<boolean>;

/** What is known of a field is looked up again after ten minutes: an administrator may have changed it. */
const knownMs = 600_000;

/**
 * Makes the function that brings values under the CRM's own names, each as its field takes it: single values as they are, a list as the
 * choices of a field of several, which both CRMs separate by semicolons. It throws `crm.value` with the path where a field takes no list.
 */
export function createFieldWriter(fields: Readonly<Record<string, string>>, hasChoices: ChoiceLookup) {
  const known = new LRUCache<string, Promise<boolean>>({ max: 1_000, ttl: knownMs });
  const takesSeveral = (field: string, signal: AbortSignal | undefined): Promise<boolean> => {
    const found = known.get(field);
    if (found) return found;
    const asked = hasChoices(field, signal);
    known.set(field, asked);
    asked.catch(() => known.delete(field));
    return asked;
  };
  return async (values: Record<string, CrmValue>, signal: AbortSignal | undefined): Promise<Record<string, Scalar>> => {
    const written: [string, Scalar][] = [];
    for (const [name, value] of Object.entries(values)) {
      const field = own(fields, name) ?? name;
      if (isScalar(value)) written.push([field, value]);
      else if (value.some((choice) => String(choice).includes(';')))
        throw refused(name, 'a list with a semicolon in it');
      else if (await takesSeveral(field, signal)) written.push([field, value.join(';')]);
      else throw refused(name, `a list, and the CRM’s field ${field} takes one value`);
    }
    // A field may be called `__proto__`.
    return Object.fromEntries(written);
  };
}

function isScalar(value: JsonValue | readonly Scalar[] | undefined): value is Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function refused(name: string, what: string): ProviderError {
  return new ProviderError({ kind: 'rejected', code: 'crm.value', message: `set.${name} is ${what}.` });
}
