import { Readable } from 'node:stream';
import type { Topic } from '../../contracts/api/stream.schema.ts';
import type { Change, Place } from '../../platform/db/change-log.ts';
import { formatEventId, isAfter } from './event-id.ts';

/** How long a client has to read the rest of a stream that ends. */
const graceMs = 1_000;

/** Where a stream begins: live changes follow behind `place`; `missed` came between `after` and there, null: nobody knows. */
export type Beginning = {
  retryMs: number;
  epoch: string;
  place: Place;
  after: Place | null;
  missed: readonly Change[] | null;
};

/** One client's stream: what it wants to hear, and the bytes on their way to it. */
export class Listener {
  /** The body of the answer. It is destroyed when the client goes, and when it reads too slowly. */
  readonly body = new Readable({ read: () => undefined });
  /** What arrives while the client is told what it missed; null from then on. */
  private waiting: { epoch: string; changes: Change[] }[] | null = [];
  /** A reset that came in the meantime. */
  private owesReset = false;
  /** Where the client stood when it came; changes up to there are not told again. */
  private after: Place | null = null;
  private toldLagMs = 0;
  private isOver = false;

  constructor(
    readonly workspaceId: string,
    public topics: ReadonlySet<Topic>,
    private readonly bufferedBytes: number,
  ) {}

  /** Tells changes, in the order of their places. */
  tell(epoch: string, changes: readonly Change[]): void {
    this.requireReader();
    const wanted = changes.filter((change) => this.wants(change));
    if (this.waiting) this.waiting.push({ epoch, changes: wanted });
    else this.write(wanted.map((change) => eventOf(epoch, change)).join(''));
  }

  /**
   * Begins: how soon to come back after a break, what was missed, or `reset` when that is not known any more (the client reads
   * its lists anew), then what came since.
   */
  begin(start: Beginning): void {
    const { epoch, place } = start;
    this.after = start.after;
    this.write(`retry: ${start.retryMs}\n\n`);
    if (start.missed === null || this.owesReset) this.write(this.resetAt(epoch, place));
    else this.write(start.missed.map((change) => eventOf(epoch, change)).join('') + idOf(epoch, this.newest(place)));
    const waiting = this.waiting ?? [];
    this.waiting = null;
    for (const told of waiting) this.tell(told.epoch, told.changes);
  }

  /** Says that changes may have been missed: the client reads anew what it shows. */
  reset(epoch: string, place: Place): void {
    if (this.waiting) {
      this.waiting = [];
      this.owesReset = true;
    } else this.write(this.resetAt(epoch, place));
  }

  /** Keeps the connection alive, and moves the client's `Last-Event-ID` on while nothing happens. */
  beat(epoch: string, place: Place): void {
    this.requireReader();
    if (!this.waiting) this.write(`: heartbeat\n${idOf(epoch, this.newest(place))}`);
  }

  /** Says by how much the stream lags; 0 once it does not any more. */
  lag(lagMs: number): void {
    if (this.waiting || (lagMs === 0 && this.toldLagMs === 0)) return;
    this.toldLagMs = lagMs;
    this.write(`event: lag\ndata: {"lagMs":${lagMs}}\n\n`);
  }

  /** Ends the answer in good order: the client comes back. */
  end(): void {
    this.isOver = true;
    this.body.push(null);
    setTimeout(() => this.body.destroy(), graceMs).unref();
  }

  /** Drops a client that has not taken what it was told before; it comes back with its last id. */
  private requireReader(): void {
    if (this.body.readableLength > this.bufferedBytes && !this.waiting) this.body.destroy();
  }

  private wants(change: Change): boolean {
    return (
      (this.topics as ReadonlySet<string>).has(change.topic) &&
      (this.after === null || isAfter(change.place, this.after))
    );
  }

  /** A client may have heard more from another process than this one has read. */
  private newest(place: Place): Place {
    return this.after && isAfter(this.after, place) ? this.after : place;
  }

  private resetAt(epoch: string, place: Place): string {
    this.after = null;
    return `event: reset\nid: ${formatEventId(epoch, place)}\ndata: {}\n\n`;
  }

  private write(text: string): void {
    if (text !== '' && !this.isOver && !this.body.destroyed) this.body.push(text);
  }
}

function eventOf(epoch: string, { place, topic, id, rev }: Change): string {
  return `id: ${formatEventId(epoch, place)}\ndata: ${JSON.stringify({ topic, id, rev })}\n\n`;
}

/** An id without data dispatches nothing, but is remembered (HTML standard, section 9.2.6). */
function idOf(epoch: string, place: Place): string {
  return `id: ${formatEventId(epoch, place)}\n\n`;
}
