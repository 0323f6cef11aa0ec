import { setTimeout as sleep } from 'node:timers/promises';
import type { Gate } from '../../contracts/approvals/gates-api.schema.ts';
import { createDoublesClient, type DoublesClient } from '../../local/control/client.ts';
import { ApiProblem, createClient } from '../../sdk/client/client.ts';
import type { DemoContext } from './context.ts';

const lookEveryMs = 500;
/** The person at the terminal, as `npm start` seeds them. */
const newcomer = 'you@throughline.test';

/**
 * Stands in for the person at the gates of the examples: prints the link with which each can be decided, waits for `patienceMs`,
 * then decides as the demo's approver and says so. Gates of other runs are left alone.
 */
export type Decider = {
  /** From now on the gates of this run are the demo's. */
  adopt(runId: string, rule: DecisionRule): void;
  stop(): Promise<void>;
};

/** How the gates of a run are decided: with what `choose` names, null for never; `isQuick` does not wait for a person. */
export type DecisionRule = { choose(gate: Gate): string | null; isQuick?: boolean };

/** Starts watching the Inbox of the demo's approver. */
export function startDecider(context: DemoContext): Decider {
  const { patienceMs } = context;
  const client = createClient({ baseUrl: context.baseUrl, key: context.approverKey });
  const doubles = createDoublesClient(context.controlUrl);
  const rules = new Map<string, DecisionRule>();
  const seenAt = new Map<string, number>();
  const abort = new AbortController();

  async function look(): Promise<void> {
    const { items } = await client.gates.list({ status: 'open', assignedTo: 'me', limit: 200 });
    for (const gate of items) {
      const rule = rules.get(gate.runId);
      const outcome = rule?.choose(gate) ?? null;
      if (!rule || outcome === null) continue;
      const since = seenAt.get(gate.id);
      if (rule.isQuick || (since !== undefined && Date.now() - since >= patienceMs)) {
        await decide(gate, outcome);
      } else if (since === undefined) {
        seenAt.set(gate.id, Date.now());
        await announce(gate);
      }
    }
  }

  async function announce(gate: Gate): Promise<void> {
    const link = await linkTo(doubles, gate);
    context.say(`  A person decides: “${gate.title}”, ${aboutOf(gate)}. It is yours for ${patienceMs / 1_000} s:`);
    if (link) context.say(`    ${link}`);
    const outcomes = gate.outcomes.map((outcome) => outcome.name).join('|');
    context.say(`    or: npm run throughline -- gates decide ${gate.id} ${outcomes}`);
  }

  async function decide(gate: Gate, outcome: string): Promise<void> {
    try {
      await client.gates.decide(gate.id, {
        outcome,
        round: gate.round,
        expectedHash: gate.contentHash,
        comment: 'Decided by the demo',
      });
      context.say(`  The demo’s approver decided “${gate.title}”, ${aboutOf(gate)}: ${outcome}`);
    } catch (error) {
      // A person was faster, or the run has gone on: that is what the demo waited for.
      if (!(error instanceof ApiProblem) || error.status >= 500) throw error;
    }
  }

  const watch = (async () => {
    while (!abort.signal.aborted) {
      // An API that restarts is there again at the next look.
      await look().catch(() => undefined);
      await sleep(lookEveryMs, undefined, { signal: abort.signal }).catch(() => undefined);
    }
  })();
  return {
    adopt: (runId, rule) => void rules.set(runId, rule),
    async stop() {
      abort.abort();
      await watch;
    },
  };
}

/** The link from the mail about the gate, which comes a moment after it opens; null where none came within seconds. */
async function linkTo(doubles: DoublesClient, gate: Gate): Promise<string | null> {
  for (let tries = 0; tries < 8; tries += 1) {
    const mails = await doubles.mails();
    const mail = mails.findLast(
      ({ to, at, subject, text }) =>
        to.includes(newcomer) &&
        at >= gate.openedAt &&
        subject.includes(gate.title) &&
        text.replaceAll(/\s+/g, ' ').includes(aboutOf(gate)),
    );
    const link = /https?:\/\/\S+\/g\/[\w-]+/.exec(mail?.text ?? '')?.[0];
    if (link) return link;
    await sleep(lookEveryMs);
  }
  return null;
}

/** What a gate is about, as its mail says it too. */
function aboutOf({ runTitle, contact }: Gate): string {
  return contact === null ? runTitle : `${runTitle} for ${contact}`;
}
