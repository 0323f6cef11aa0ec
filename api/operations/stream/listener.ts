import { Readable } from 'node:stream';
import type { Place } from '../../../platform/db/views/change-log.ts';
import { isAfter } from '../../http/event-id.ts';
import { type ChangeEvent, idText, lagText, resetText } from './event-text.ts';

/** How long a client has to read the rest of a stream that ends. */
const graceMs = 1_000;

/** Where a stream begins: live changes follow behind `place`; `missed` came between `after` and there; null: unknown. */
export type Beginning = {
  retryMs: number;
  epoch: string;
  place: Place;
  after: Place | null;
  missed: readonly ChangeEvent[] | null;
};

/** One client's stream: what it subscribes to, and the bytes on their way to it. */
export class Listener {
  /** The body of the answer. It is destroyed when the client goes, and when it reads too slowly. */
  readonly body = new Readable({ read: () => undefined });
  /** What arrives while the client gets what it missed; null from then on. */
  private waiting: ChangeEvent[] | null = [];
  /** A reset that came in the meantime. */
  private owesReset = false;
  /** Where the client stood when it came; changes up to there are not sent again. */
  private after: Place | null = null;
  private toldLagMs = 0;
  private isOver = false;

  constructor(
    readonly workspaceId: string,
    public topics: ReadonlySet<string>,
    private readonly bufferedBytes: number,
  ) {}

  /** Sends changes, in the order of their places. */
  send(events: readonly ChangeEvent[]): void {
    this.requireReader();
    if (this.waiting) this.waiting.push(...events);
    else this.write(this.wanted(events));
  }

  /**
   * Begins: how soon to come back after a break, what was missed, or `reset` when that is not known any more (the client
   * reads its lists again), then what came since.
   */
  begin({ retryMs, epoch, place, after, missed }: Beginning): void {
    const isReset = missed === null || this.owesReset;
    const since = this.waiting ?? [];
    this.waiting = null;
    this.after = isReset ? null : after;
    const start = isReset ? resetText(epoch, place) : this.wanted(missed) + idText(epoch, this.newest(place));
    this.write(`retry: ${retryMs}\n\n${start}${this.wanted(since)}`);
  }

  /** Says that changes may have been missed: the client reads again what it shows. */
  reset(epoch: string, place: Place): void {
    if (this.waiting) {
      this.waiting = [];
      this.owesReset = true;
    } else {
      this.after = null;
      this.write(resetText(epoch, place));
    }
  }

  /** Keeps the connection alive, and moves the client's `Last-Event-ID` on while nothing happens. */
  beat(epoch: string, place: Place): void {
    this.requireReader();
    if (!this.waiting) this.write(`: heartbeat\n${idText(epoch, this.newest(place))}`);
  }

  /** Says by how much the stream lags; 0 once it does not any more. */
  lag(lagMs: number): void {
    if (this.waiting || (lagMs === 0 && this.toldLagMs === 0)) return;
    this.toldLagMs = lagMs;
    this.write(lagText(lagMs));
  }

  /** Ends the answer in good order: the client comes back. */
  end(): void {
    this.isOver = true;
    this.body.push(null);
    setTimeout(() => this.body.destroy(), graceMs).unref();
  }

  /** Drops a client that has not read what it was sent before; it comes back with its last id. */
  private requireReader(): void {
    if (this.body.readableLength > this.bufferedBytes && !this.waiting) this.body.destroy();
  }

  private wanted(events: readonly ChangeEvent[]): string {
    const { topics, after } = this;
    let text = '';
    for (const event of events) {
      if (topics.has(event.topic) && (after === null || isAfter(event.place, after))) text += event.text;
    }
    return text;
  }

  /** A client may have received more from another process than this one has read. */
  private newest(place: Place): Place {
    return this.after && isAfter(this.after, place) ? this.after : place;
  }

  private write(text: string): void {
    if (text !== '' && !this.isOver && !this.body.destroyed) this.body.push(text);
  }
}
