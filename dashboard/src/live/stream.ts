import { isTopic, type Topic } from '../../../contracts/operations/stream-api.schema.ts';
import { openStream } from '../api/http/stream.ts';
import { whileLeading } from './leader.ts';

/** What a tab receives: that things changed, the state of the connection, that changes may have been missed. */
export type StreamNews =
  | { kind: 'changes'; changes: { topic: Topic; id: string }[]; lastId: string }
  | { kind: 'connection'; isOpen: boolean; lagMs: number }
  | { kind: 'reset' };

const name = 'throughline-stream';
/** Changes within this time are announced together: a burst costs one round of fetches. */
const gatherMs = 250;

/**
 * Follows the change stream with one connection for all tabs of the browser: the leading tab informs the others. When
 * another tab takes over, it goes on behind the last change that any of them has received; the first goes on behind
 * `lastId`.
 * @returns what ends it
 */
export function followStream(lastId: string, tell: (news: StreamNews) => void): () => void {
  const over = new AbortController();
  const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(name) : null;
  let last = lastId;
  const receive = (news: StreamNews): void => {
    if (news.kind === 'changes') last = news.lastId;
    tell(news);
  };
  channel?.addEventListener('message', (event: MessageEvent<StreamNews>) => receive(event.data));
  const announce = (news: StreamNews): void => {
    receive(news);
    channel?.postMessage(news);
  };
  void whileLeading(name, over.signal, (signal) => connect({ from: () => last, announce, signal }));
  return () => {
    over.abort();
    channel?.close();
  };
}

type Connection = {
  /** Behind which change it goes on. */
  from: () => string;
  announce: (news: StreamNews) => void;
  signal: AbortSignal;
};

function connect({ from, announce, signal }: Connection): void {
  const source = openStream(from());
  let gathered = new Map<string, { topic: Topic; id: string }>();
  let timer: ReturnType<typeof setTimeout> | null = null;
  let lastId = '';
  const flush = (): void => {
    timer = null;
    announce({ kind: 'changes', changes: [...gathered.values()], lastId });
    gathered = new Map();
  };
  source.addEventListener('open', () => announce({ kind: 'connection', isOpen: true, lagMs: 0 }));
  source.addEventListener('message', ({ data, lastEventId }: MessageEvent<string>) => {
    const change = readChange(data);
    lastId = lastEventId;
    if (change) gathered.set(`${change.topic} ${change.id}`, change);
    timer ??= setTimeout(flush, gatherMs);
  });
  source.addEventListener('reset', () => announce({ kind: 'reset' }));
  source.addEventListener('lag', ({ data }: MessageEvent<string>) =>
    announce({ kind: 'connection', isOpen: true, lagMs: readLag(data) }),
  );
  source.addEventListener('error', () => {
    announce({ kind: 'connection', isOpen: false, lagMs: 0 });
    if (source.readyState !== EventSource.CLOSED || signal.aborted) return;
    // A refusal (a restart, a limit, a proxy) closes it for good; the browser only tries again by itself after a broken line.
    setTimeout(() => signal.aborted || connect({ from, announce, signal }), 3_000);
  });
  signal.addEventListener('abort', () => source.close());
}

function readChange(data: string): { topic: Topic; id: string } | null {
  const change = parse(data);
  const { topic, id } = change;
  return typeof topic === 'string' && isTopic(topic) && typeof id === 'string' ? { topic, id } : null;
}

function readLag(data: string): number {
  const { lagMs } = parse(data);
  return typeof lagMs === 'number' ? lagMs : 0;
}

function parse(data: string): Record<string, unknown> {
  const value: unknown = JSON.parse(data);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
