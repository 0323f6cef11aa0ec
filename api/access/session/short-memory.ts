import { LRUCache } from 'lru-cache';

/** Answers remembered at once; the one not asked for longest goes first. */
const maxRemembered = 5_000;

/** Remembers answers for a moment: concurrent callers of the same key share one request. A failure is forgotten at once. */
export class ShortMemory<T> {
  private readonly held: LRUCache<string, Promise<T>>;

  constructor(forMs: number) {
    this.held = new LRUCache({ max: maxRemembered, ttl: forMs });
  }

  /** The answer for `key`, by `ask` where none is remembered. @throws what `ask` throws */
  of(key: string, ask: () => Promise<T>): Promise<T> {
    const found = this.held.get(key);
    if (found) return found;
    const answer = ask();
    this.held.set(key, answer);
    answer.catch(() => {
      if (this.held.peek(key) === answer) this.held.delete(key);
    });
    return answer;
  }
}
