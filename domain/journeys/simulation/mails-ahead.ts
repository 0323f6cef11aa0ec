import type { JsonObject } from '../../../contracts/core/json.ts';
import type { MailboxItem } from '../../../contracts/core/machine.ts';
import type { JourneyDefinition } from '../../../contracts/journeys/journey.schema.ts';
import type { Mail } from '../../../contracts/messaging/actions.ts';
import { advance } from '../advance.ts';
import { graphOf } from '../graph.ts';
import { titleOf } from '../nodes/node-title.ts';
import type { JourneyState } from '../state.ts';

/** A mail that a run would send at once if its approval were decided so. */
export type MailAhead = { outcome: string; step: string; title: string; mail: Mail };

/** An approval that a run waits for, and the outcomes that are offered. */
type Waiting = { step: string; visit: number; round: number; outcomes: readonly string[] };

/**
 * The mails that follow each outcome of an approval at once, by the production interpreter on the run's own state: what a person decides about is
 * what would be sent. A mail behind a wait, a question or a model is not known yet, and is left out.
 */
export function mailsAhead(
  definition: JourneyDefinition,
  state: JourneyState,
  gate: Waiting,
  facts: { now: string; contact: JsonObject; workspaceZone: string },
): MailAhead[] {
  // What is decided in a pause is sent after it.
  const { pausedAt: _, ...stands } = state;
  const live = { ...stands, isPaused: false };
  const actionsAfter = (mailbox: MailboxItem[]) => advance(definition, live, { ...facts, mailbox }).actions;
  const open = new Set(actionsAfter([]).map(({ id }) => id));
  const { places } = graphOf(definition);
  return gate.outcomes.flatMap((outcome) =>
    actionsAfter([decided(gate, outcome, facts.now)]).flatMap((action) => {
      const node = places.get(action.step)?.node;
      if (action.activity !== 'sendMessage' || open.has(action.id) || !node) return [];
      return [{ outcome, step: action.step, title: titleOf(node), mail: action.params }];
    }),
  );
}

function decided({ step, visit, round }: Waiting, outcome: string, at: string): MailboxItem {
  const payload = { step, visit, round, outcome, comment: null, form: null };
  return { seq: Number.MAX_SAFE_INTEGER, kind: 'gate', ref: `gate-${step}/${visit}`, payload, at };
}
