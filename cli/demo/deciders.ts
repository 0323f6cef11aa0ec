import { setTimeout as sleep } from 'node:timers/promises';
import type { DemoContext } from '../demo-context.ts';
import { ApiRefusal, createApi, itemsOf, type Answer } from './api.ts';

/** How long a newcomer may decide before the demo's approver does. */
const patienceMs = 10_000;

/**
 * Stands in for the person at the gates of the examples: tells where each can be decided, waits 10 s, then decides as the
 * demo's approver and says so. Gates of other runs are left alone.
 */
export type Decider = {
  /** From now on the gates of this run are the demo's, decided with `outcome`. */
  adopt(runId: string, outcome: (gate: Answer) => string): void;
  /** Ends the watch. */
  stop(): Promise<void>;
};

/** Starts watching the inbox of the demo's approver. */
export function startDecider(context: DemoContext): Decider {
  const api = createApi(context.baseUrl, context.approverKey);
  const runs = new Map<string, (gate: Answer) => string>();
  const seen = new Map<string, number>();
  const abort = new AbortController();

  async function look(): Promise<void> {
    const gates = itemsOf(await api.get('/v1/gates?status=open&assignedTo=me&limit=200'));
    for (const gate of gates) {
      const choose = runs.get(String(gate['runId']));
      if (!choose) continue;
      const id = String(gate['id']);
      const since = seen.get(id);
      if (since === undefined) {
        seen.set(id, Date.now());
        const choices = (gate['outcomes'] as Answer[]).map((outcome) => String(outcome['name'])).join(' | ');
        context.say(`  A person decides: “${String(gate['title'])}”, ${String(gate['runTitle'])}. Yours for 10 s:`);
        context.say(`    npm run throughline -- gates decide ${id} ${choices}`);
      } else if (Date.now() - since >= patienceMs) {
        await decide(gate, choose(gate));
      }
    }
  }

  async function decide(gate: Answer, outcome: string): Promise<void> {
    const { id, round, contentHash } = gate;
    try {
      await api.post(`/v1/gates/${String(id)}/decisions`, {
        outcome,
        round,
        expectedHash: contentHash,
        comment: 'Decided by the demo',
      });
      context.say(`  The demo’s approver decided “${String(gate['title'])}”: ${outcome}`);
    } catch (error) {
      // Somebody was faster, or the run has gone on: that is what the demo waited for.
      if (!(error instanceof ApiRefusal) || error.status >= 500) throw error;
    }
  }

  const watch = (async () => {
    while (!abort.signal.aborted) {
      // An API that restarts is there again at the next look.
      await look().catch(() => undefined);
      await sleep(500, undefined, { signal: abort.signal }).catch(() => undefined);
    }
  })();
  return {
    adopt: (runId, outcome) => void runs.set(runId, outcome),
    async stop() {
      abort.abort();
      await watch;
    },
  };
}
