import { type Query, type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { isWorthRetrying } from '../api/http/problem.ts';
import { sessionQuery } from '../api/session.ts';
import { setConnection } from './connection.ts';
import { followStream, type StreamNews } from './stream.ts';

/** How often visible things are asked for while the stream is blocked, and those that could not be fetched at any time. */
const pollMs = 5_000;
/** How long the stream may be away before polling begins; a restart of the API takes less. */
const patienceMs = 4_000;

/** Keeps the screen up to date: what changed is fetched again. Used once, in the frame. */
export function useLive(): void {
  const client = useQueryClient();
  useEffect(() => {
    let away: ReturnType<typeof setTimeout> | null = null;
    let isPolling = false;
    const poll = (): void => {
      isPolling = true;
      setConnection({ mode: 'polling', lagMs: 0 });
    };
    const stopPolling = (): void => {
      if (away) clearTimeout(away);
      away = null;
      if (isPolling) refresh(client, isLiveQuery);
      isPolling = false;
    };
    const asking = setInterval(() => {
      if (document.visibilityState === 'visible') refresh(client, isPolling ? isLiveQuery : hasFailed);
    }, pollMs);
    const receive = (news: StreamNews): void => {
      if (news.kind === 'changes') refresh(client, touchedBy(news.changes));
      if (news.kind === 'reset') refresh(client, isLiveQuery);
      if (news.kind !== 'connection') return;
      if (!news.isOpen) {
        away ??= setTimeout(poll, patienceMs);
        return;
      }
      stopPolling();
      setConnection({ mode: 'live', lagMs: news.lagMs });
    };
    away = setTimeout(poll, patienceMs);
    // Every page of the frame reads behind its session; an id that is none begins with a reset.
    const end = followStream(client.getQueryData(sessionQuery.queryKey)?.lastEventId ?? '', receive);
    return () => {
      end();
      clearInterval(asking);
      if (away) clearTimeout(away);
    };
  }, [client]);
}

type Changes = Extract<StreamNews, { kind: 'changes' }>['changes'];

function touchedBy(changes: Changes): (query: Query) => boolean {
  const topics = new Set<string>(changes.map(({ topic }) => topic));
  const ids = new Set(changes.map(({ id }) => id));
  return ({ meta }) =>
    meta?.topics !== undefined &&
    meta.topics.some((topic) => topics.has(topic)) &&
    (meta.id === undefined || ids.has(meta.id));
}

function isLiveQuery({ meta }: Query): boolean {
  return meta?.topics !== undefined;
}

/** What could not be fetched, though it may be by now: no change will come to say so. */
function hasFailed(query: Query): boolean {
  const { error, fetchStatus } = query.state;
  return isLiveQuery(query) && error !== null && fetchStatus === 'idle' && isWorthRetrying(error);
}

/**
 * A query that is being fetched finishes first and is then fetched once more, so that a storm of changes makes no storm of requests. A
 * list that was scrolled far takes a request for each of its pages, so it waits as long as they may cost.
 */
function refresh(client: QueryClient, isOld: (query: Query) => boolean): void {
  const fetchAgain = ({ queryKey }: Query): void =>
    void client.refetchQueries({ queryKey, exact: true, type: 'active' });
  for (const query of client.getQueryCache().findAll({ predicate: isOld })) {
    const isBusy = query.state.fetchStatus === 'fetching';
    query.invalidate();
    if (!query.isActive() || waiting.has(query)) continue;
    const restMs = query.state.dataUpdatedAt + (pagesOf(query) - 1) * pageMs - Date.now();
    if (!isBusy && restMs <= 0) {
      fetchAgain(query);
      continue;
    }
    waiting.add(query);
    if (!isBusy) {
      setTimeout(() => {
        waiting.delete(query);
        fetchAgain(query);
      }, restMs);
      continue;
    }
    const end = client.getQueryCache().subscribe((event) => {
      if (event.query !== query || query.state.fetchStatus === 'fetching') return;
      end();
      waiting.delete(query);
      refresh(client, (other) => other === query);
    });
  }
}

/** Each page that is fetched again after the first takes this from the rate of a list: two requests a second at most. */
const pageMs = 500;

function pagesOf({ state: { data } }: Query): number {
  return typeof data === 'object' && data !== null && 'pages' in data && Array.isArray(data.pages)
    ? data.pages.length
    : 1;
}

const waiting = new WeakSet<Query>();
