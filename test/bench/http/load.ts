import { performance } from 'node:perf_hooks';
import { Pool } from 'undici';

/** What is asked again and again; `body` makes the next body. */
export type Asked = {
  origin: string;
  method: 'GET' | 'POST';
  path: string;
  headers: Record<string, string>;
  body?: () => string;
  status: number;
};

/** What came of it. */
export type Measured = { perSecond: number; p50Ms: number; p95Ms: number };

/**
 * Sends requests over keep-alive connections, each as soon as the one before it is answered, and times them. Every answer is
 * read to its end and must have the wanted status.
 */
export async function load(asked: Asked, connections: number, forMs: number): Promise<Measured> {
  const pool = new Pool(asked.origin, { connections, pipelining: 1 });
  const taken: number[] = [];
  const from = performance.now();
  const end = from + forMs;
  const one = async (): Promise<void> => {
    while (performance.now() < end) {
      const sent = performance.now();
      const { statusCode, body } = await pool.request({
        method: asked.method,
        path: asked.path,
        headers: asked.headers,
        body: asked.body?.() ?? null,
      });
      const text = await body.text();
      if (statusCode !== asked.status) throw new Error(`${asked.method} ${asked.path}: ${statusCode} ${text}`);
      taken.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: connections }, one));
  const seconds = (performance.now() - from) / 1_000;
  await pool.close();
  taken.sort((a, b) => a - b);
  const at = (share: number): number => taken[Math.floor(taken.length * share)] ?? 0;
  return { perSecond: taken.length / seconds, p50Ms: at(0.5), p95Ms: at(0.95) };
}

/** The middle one of some measurements, by their rate. */
export function median(all: readonly Measured[]): Measured {
  const middle = [...all].sort((a, b) => a.perSecond - b.perSecond)[Math.floor(all.length / 2)];
  if (!middle) throw new Error('Nothing was measured');
  return middle;
}
