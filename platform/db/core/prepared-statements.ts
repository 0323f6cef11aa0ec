import { LRUCache } from 'lru-cache';

/** Uses after which a statement is worth keeping: what is built for one call, such as a long insert, does not come again. */
const wantedUses = 3;
/** Statements kept on each connection; each costs Postgres some ten kilobytes there. The code has fewer that repeat. */
const maxPrepared = 200;
/** Statements whose uses are counted; the one not seen for longest is forgotten. */
const maxCounted = 1_000;

/**
 * Decides which statements are prepared under a name, so that Postgres parses and plans them once for each connection instead
 * of each time: that is a third of its work for a small read.
 */
export class PreparedStatements {
  private names = new Map<string, string>();
  private readonly uses = new LRUCache<string, number>({ max: maxCounted });
  private generation = 0;

  /** The name under which to run `text`; undefined for one that is not kept. */
  nameOf(text: string): string | undefined {
    const name = this.names.get(text);
    if (name !== undefined || this.names.size >= maxPrepared) return name;
    const uses = (this.uses.get(text) ?? 0) + 1;
    if (uses >= wantedUses) return this.keep(text);
    this.uses.set(text, uses);
    return undefined;
  }

  /**
   * Learns from an error. When a migration has changed what a prepared statement returns, Postgres refuses it on every
   * connection that knows it; from then on all statements get new names, so a change costs one refusal and no restart.
   */
  noteError(error: unknown): void {
    if (!isStale(error)) return;
    this.names = new Map();
    this.generation += 1;
  }

  private keep(text: string): string {
    const name = `tl_${this.generation}_${this.names.size}`;
    this.names.set(text, name);
    this.uses.delete(text);
    return name;
  }
}

/** Whether Postgres refused a prepared statement because a migration changed its result; trying again succeeds. */
export function isStale(error: unknown): boolean {
  return error instanceof Error && 'routine' in error && error.routine === 'RevalidateCachedQuery';
}
