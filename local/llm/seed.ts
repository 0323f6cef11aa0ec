import { createHash } from 'node:crypto';

/** A source of choices that is the same for the same text. */
export interface Seed {
  /** A number in [0, 1). */
  fraction(): number;
  pick<Item>(items: readonly Item[]): Item;
  shuffle<Item>(items: readonly Item[]): Item[];
}

/** SHA-256 of a text, in hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Creates the choices that follow from `hash`, a hex SHA-256 (mulberry32 over its first 32 bits). */
export function createSeed(hash: string): Seed {
  let state = Number.parseInt(hash.slice(0, 8), 16) | 0;
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return {
    fraction,
    pick(items) {
      const item = items[Math.floor(fraction() * items.length)];
      if (item === undefined) throw new Error('There is nothing to pick from.');
      return item;
    },
    shuffle(items) {
      return items
        .map((item) => ({ item, order: fraction() }))
        .toSorted((left, right) => left.order - right.order)
        .map(({ item }) => item);
    },
  };
}
