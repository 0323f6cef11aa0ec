import { eventually } from './eventually.ts';

/** One server-sent event; a comment alone has the name `comment`. */
export type Told = { event: string; id: string | null; data: Record<string, unknown> };

/** A client of an event stream: what it received so far, and the last id it would come back with. */
export type EventClient = {
  status: number;
  headers: Headers;
  told: Told[];
  lastEventId(): string | null;
  /** Waits until `test` holds for something that was received. */
  until(what: string, test: (told: Told) => boolean, withinMs?: number): Promise<Told>;
  /** Waits for the end of the stream, in good order or not. */
  ended(withinMs?: number): Promise<void>;
  close(): Promise<void>;
};

/** Opens a stream over a real socket and reads it as a browser would. */
export async function openEvents(url: string, headers: Record<string, string>): Promise<EventClient> {
  const abort = new AbortController();
  const response = await fetch(url, { headers, signal: abort.signal });
  const told: Told[] = [];
  let lastEventId: string | null = null;
  let isOver = false;
  const reading = read(response, (block) => {
    const one = parse(block);
    if (one.id !== null) lastEventId = one.id;
    told.push(one);
  })
    .catch(() => undefined)
    .finally(() => (isOver = true));
  return {
    status: response.status,
    headers: response.headers,
    told,
    lastEventId: () => lastEventId,
    until: (what, test, withinMs) => eventually(what, async () => told.find(test), withinMs),
    async ended(withinMs) {
      await eventually('the end of the stream', async () => isOver, withinMs);
    },
    async close() {
      abort.abort();
      await reading;
    },
  };
}

async function read(response: Response, take: (block: string) => void): Promise<void> {
  let rest = '';
  for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const blocks = (rest + text).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) take(block);
  }
}

function parse(block: string): Told {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    const at = line.indexOf(':');
    fields.set(line.slice(0, at), line.slice(at + 1).trim());
  }
  const data = fields.get('data');
  const name = data === undefined ? (fields.has('') ? 'comment' : 'silent') : (fields.get('event') ?? 'message');
  return {
    event: name,
    id: fields.get('id') ?? null,
    data: data === undefined ? {} : (JSON.parse(data) as Record<string, unknown>),
  };
}
