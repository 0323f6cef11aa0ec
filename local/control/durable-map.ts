import { appendFileSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** A map from text to JSON values that a restart keeps: what a real provider would hold in its database. */
export interface DurableMap<Value> {
  get(key: string): Value | undefined;
  put(key: string, value: Value): void;
  values(): Value[];
  /** The first value that `test` takes; faster than searching `values`, which copies all. */
  find(test: (value: Value) => boolean): Value | undefined;
  size(): number;
  clear(): void;
  close(): void;
}

const Put = z.tuple([z.string(), z.unknown()]);

/**
 * Opens `name` in `home`: an append-only file of puts, the last one of a key wins. Values are checked by `schema` when they
 * are read back, and copied in and out, so that a caller who changes one does not change the store.
 */
export function openDurableMap<Value>(input: {
  home: string;
  name: string;
  schema: z.ZodType<Value>;
}): DurableMap<Value> {
  mkdirSync(input.home, { recursive: true, mode: 0o700 });
  const path = join(input.home, `${input.name}.map.jsonl`);
  const map = new Map<string, Value>();
  if (existsSync(path)) {
    const text = readFileSync(path, 'utf8');
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole.length < text.length) truncateSync(path, Buffer.byteLength(whole));
    for (const line of whole.split('\n').filter((each) => each !== '')) {
      const [key, value] = Put.parse(JSON.parse(line));
      map.set(key, input.schema.parse(value));
    }
  }
  const file = openSync(path, 'a', 0o600);
  return {
    get: (key) => structuredClone(map.get(key)),
    put(key, value) {
      appendFileSync(file, `${JSON.stringify([key, value])}\n`);
      map.set(key, structuredClone(value));
    },
    find(test) {
      for (const value of map.values()) if (test(value)) return structuredClone(value);
      return undefined;
    },
    size: () => map.size,
    values: () => [...map.values()].map((value) => structuredClone(value)),
    clear() {
      truncateSync(path);
      map.clear();
    },
    close: () => closeSync(file),
  };
}
