import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { isTopic, type StreamQuery, type Topic, topicRights } from '../../../contracts/operations/stream-api.schema.ts';
import { AppError, invalid } from '../../http/errors/app-error.ts';
import { Authenticator } from '../../http/caller/authenticator.ts';
import type { ApiRequest, Principal } from '../../http/caller/principal.ts';
import { ChangeFeed } from './change-feed.ts';
import { Listener } from './listener.ts';
import { StreamLimits } from './stream-limits.ts';

/** Opens change streams, and closes those of callers who may not listen any more. */
@Injectable()
export class StreamService {
  private readonly open = new Map<string, number>();
  private total = 0;

  constructor(
    private readonly feed: ChangeFeed,
    private readonly authenticator: Authenticator,
    private readonly limits: StreamLimits,
  ) {}

  /** Answers with the stream. @throws AppError 422 for an unknown topic, 403 where none may be read, 429 for too many */
  async stream(caller: Principal, query: StreamQuery, request: ApiRequest, reply: FastifyReply): Promise<void> {
    const wanted = topicsOf(query.topics);
    const topics = readable(wanted, caller);
    if (topics.size === 0) throw new AppError(403, 'auth.forbidden', { detail: 'None of these topics may be read' });
    const header = request.headers['last-event-id'];
    const lastEventId = (typeof header === 'string' ? header : undefined) ?? query.lastEventId ?? null;
    void reply.header('Content-Type', 'text/event-stream; charset=utf-8');
    // No proxy may cache, compress or buffer the stream; nginx needs its own header for the last.
    void reply.header('Cache-Control', 'no-cache, no-transform').header('X-Accel-Buffering', 'no');
    if (request.method === 'HEAD') return void reply.send();
    this.admit(caller);
    const listener = new Listener(caller.workspaceId, topics, this.limits.bufferedBytes);
    const recheck = (): void => void this.recheck(listener, { caller, wanted, request });
    const timers = [
      setInterval(() => this.feed.beat(listener), this.limits.heartbeatMs),
      setInterval(recheck, this.limits.recheckMs),
    ];
    const forgo = this.authenticator.onForget(recheck);
    listener.body.once('close', () => {
      for (const timer of timers) clearInterval(timer);
      forgo();
      this.dismiss(caller);
    });
    await this.feed.add(listener, lastEventId);
    await reply.send(listener.body);
  }

  /**
   * Rights change and sessions end while a stream is open. While the database is unavailable nothing is known, and nothing
   * is sent.
   */
  private async recheck(
    listener: Listener,
    opened: { caller: Principal; wanted: readonly Topic[]; request: ApiRequest },
  ): Promise<void> {
    const known = await this.authenticator.identify(opened.request).catch(() => undefined);
    if (known === undefined) return;
    const isSame = known !== null && known.workspaceId === opened.caller.workspaceId;
    const topics = isSame ? readable(opened.wanted, known) : new Set<string>();
    if (topics.size === 0) listener.end();
    else listener.topics = topics;
  }

  private admit(caller: Principal): void {
    const own = this.open.get(caller.actor.id) ?? 0;
    if (own >= this.limits.perPrincipal || this.total >= this.limits.total) {
      throw new AppError(429, 'stream.tooMany', { detail: 'Too many streams are open', retryAfterSeconds: 5 });
    }
    this.open.set(caller.actor.id, own + 1);
    this.total += 1;
  }

  private dismiss(caller: Principal): void {
    const left = (this.open.get(caller.actor.id) ?? 1) - 1;
    if (left === 0) this.open.delete(caller.actor.id);
    else this.open.set(caller.actor.id, left);
    this.total -= 1;
  }
}

function topicsOf(names: string | undefined): Topic[] {
  const given = names === undefined ? Object.keys(topicRights) : names.split(',');
  const topics = given.filter(isTopic);
  const unknown = given.filter((name) => !isTopic(name));
  if (unknown.length === 0) return topics;
  throw invalid(
    'stream.topicUnknown',
    unknown.map((name) => ({ path: 'topics', code: 'stream.topicUnknown', message: `there is no topic "${name}"` })),
  );
}

function readable(topics: readonly Topic[], caller: Pick<Principal, 'permissions'>): Set<Topic> {
  return new Set(topics.filter((topic) => caller.permissions.has(topicRights[topic])));
}
