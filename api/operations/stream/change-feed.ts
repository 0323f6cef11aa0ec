import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { type Change, type Place, readChanges, settledPlace } from '../../../platform/db/views/change-log.ts';
import type { Db } from '../../../platform/db/core/pool.ts';
import type { Logger } from '../../../platform/log.ts';
import { type EventId, parseEventId } from '../../http/event-id.ts';
import { LOG, SYSTEM_DB } from '../../http/parts.ts';
import { coalesce } from './coalesce.ts';
import { type ChangeEvent, eventOf } from './event-text.ts';
import type { Listener } from './listener.ts';
import { StreamLimits } from './stream-limits.ts';

/** Up to where this process has read and published. */
type Head = { epoch: string; place: Place };

/**
 * Follows the change log with one poll for all clients of this process, and sleeps while there is none. A poll that fails is
 * made again from the same place, so an outage of Postgres delays changes and loses none.
 */
@Injectable()
export class ChangeFeed implements OnModuleDestroy {
  private readonly listeners = new Map<string, Set<Listener>>();
  private head: Head | null = null;
  private opening: Promise<Head> | null = null;
  private isRunning = false;
  private readonly stopping = new AbortController();
  private heldMs = 0;
  private polledAt = 0;

  constructor(
    @Inject(SYSTEM_DB) private readonly db: Db,
    @Inject(LOG) private readonly log: Logger,
    private readonly limits: StreamLimits,
  ) {}

  /**
   * Sends a listener everything from now on, and before that what came after `lastEventId`. An id of another epoch, older
   * than what is kept, or too far behind begins with a reset. It leaves by the end of its body.
   * @throws the database's error while the log cannot be read
   */
  async add(listener: Listener, lastEventId: string | null): Promise<void> {
    const known = lastEventId === null ? null : parseEventId(lastEventId);
    try {
      const opened = await this.open();
      // The feed may have gone to sleep meanwhile; it goes on from where it was. Live changes begin exactly at this head.
      const { place, epoch } = (this.head ??= opened);
      this.join(listener);
      const missed = lastEventId === null ? [] : known && (await this.missed(listener, known, place));
      // Spread over two seconds, so that a restart does not bring every client back at once.
      const retryMs = 1_000 + Math.round(Math.random() * 2_000);
      listener.begin({ retryMs, epoch, place, after: missed && known ? known.place : null, missed });
      this.sendLag([listener]);
    } catch (error) {
      listener.body.destroy();
      throw error;
    }
  }

  /** Sends a listener its heartbeat, with the place up to which it has been sent everything. */
  beat(listener: Listener): void {
    if (this.head) listener.beat(this.head.epoch, this.head.place);
    this.sendLag([listener]);
  }

  onModuleDestroy(): void {
    this.stopping.abort();
    for (const listener of this.everyone()) listener.end();
  }

  /** What a listener missed between its id and the head; null where that cannot be known or is too much. */
  private async missed(listener: Listener, known: EventId, upTo: Place): Promise<ChangeEvent[] | null> {
    const { workspaceId, topics } = listener;
    const only = { workspaceId, topics: [...topics], upTo };
    const limit = this.limits.replayedChanges + 1;
    const { state, changes } = await readChanges(this.db, { after: known.place, limit, only });
    const { place, epoch } = known;
    const isKnown = epoch === state.epoch && place.xid > state.pruned && place.xid <= state.next;
    return isKnown && changes.length < limit ? coalesce(changes).map((change) => eventOf(epoch, change)) : null;
  }

  private async open(): Promise<Head> {
    if (this.head) return this.head;
    this.opening ??= this.readHead().finally(() => (this.opening = null));
    return this.opening;
  }

  private async readHead(): Promise<Head> {
    const { state } = await readChanges(this.db, { after: null, limit: 0 });
    this.polledAt = Date.now();
    this.heldMs = state.heldMs;
    this.head = { epoch: state.epoch, place: settledPlace(state) };
    return this.head;
  }

  private join(listener: Listener): void {
    const { workspaceId } = listener;
    const together = this.listeners.get(workspaceId) ?? new Set<Listener>();
    this.listeners.set(workspaceId, together.add(listener));
    listener.body.once('close', () => {
      together.delete(listener);
      if (together.size === 0 && this.listeners.get(workspaceId) === together) this.listeners.delete(workspaceId);
    });
    if (this.isRunning) return;
    this.isRunning = true;
    void this.follow();
  }

  private async follow(): Promise<void> {
    while (this.listeners.size > 0 && !this.stopping.signal.aborted) {
      const isMore = await this.poll().catch((error: unknown) => {
        this.log.warn({ err: error }, 'the change log cannot be read; trying again');
        return false;
      });
      this.sendLag(this.everyone());
      if (!isMore) await sleep(this.limits.pollMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
    // The next listener begins at a fresh head: what happens without a listener is not read.
    this.head = null;
    this.isRunning = false;
  }

  /** Reads on from the head and publishes. @returns whether there is more to read at once */
  private async poll(): Promise<boolean> {
    const head = await this.open();
    const limit = this.limits.changesPerPoll;
    const { state, changes } = await readChanges(this.db, { after: head.place, limit });
    this.polledAt = Date.now();
    this.heldMs = state.heldMs;
    const isLost = state.epoch !== head.epoch || head.place.xid <= state.pruned;
    const isMore = !isLost && changes.length === limit;
    const last = changes.at(-1);
    const place = isMore && last ? last.place : settledPlace(state);
    if (isLost) for (const listener of this.everyone()) listener.reset(state.epoch, place);
    else this.publish(state.epoch, coalesce(changes));
    this.head = { epoch: state.epoch, place };
    return isMore;
  }

  private publish(epoch: string, changes: Change[]): void {
    for (const [workspaceId, listeners] of this.listeners) {
      const own = changes.filter((change) => change.workspaceId === workspaceId);
      const events = own.map((change) => eventOf(epoch, change));
      if (events.length > 0) for (const listener of listeners) listener.send(events);
    }
  }

  /** Changes are late when an open transaction holds them back, or when the log has not been read for as long. */
  private sendLag(listeners: Iterable<Listener>): void {
    const lagMs = Math.round(Math.max(this.heldMs, Date.now() - this.polledAt));
    for (const listener of listeners) listener.lag(lagMs > this.limits.lagMs ? lagMs : 0);
  }

  private *everyone(): Generator<Listener> {
    for (const listeners of this.listeners.values()) yield* listeners;
  }
}
