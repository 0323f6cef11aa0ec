type Reader<V> = (value: unknown) => V | undefined;
type Search<S extends Record<string, Reader<unknown>>> = { [K in keyof S]?: Exclude<ReturnType<S[K]>, undefined> };

/** A text in an address; nothing else is one. Numbers were texts before the router read them. */
export const text: Reader<string> = (value) => {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
};

/** The last days that a list can be narrowed to, by their number; of any other it would be asked for an instant that there is none of. */
export const days: Reader<string> = (value) => {
  const number = text(value);
  return number !== undefined && ['1', '7', '30'].includes(number) ? number : undefined;
};

/** Reads the query of an address: what it does not know or cannot read is left out, so that no address fails. */
export function readSearch<S extends Record<string, Reader<unknown>>>(shape: S) {
  return (search: Record<string, unknown>): Search<S> => {
    const entries = Object.entries(shape).flatMap(([name, read]) => {
      const value = read(search[name]);
      // The router lays what is read over what the address says: what cannot be read has to be there as nothing.
      return value === undefined && search[name] === undefined ? [] : [[name, value] as const];
    });
    // The entries are exactly the names and readings of `shape`.
    return Object.fromEntries(entries) as Search<S>;
  };
}
