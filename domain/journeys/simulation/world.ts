import type { JourneyDefinition } from '../../../contracts/journeys/journey.schema.ts';
import type { IsoDuration } from '../../../contracts/journeys/nodes.schema.ts';
import type { ScriptedDecision, SimulationScript } from '../../../contracts/journeys/simulation.schema.ts';
import type { Action } from '../../../contracts/core/actions.ts';
import type { GateSpec, JsonObject, MailboxItem, WaitSpec } from '../../../contracts/core/machine.ts';
import type { MailView } from '../../../contracts/messaging/test-mails-api.schema.ts';
import { ACTION_DONE } from '../../../contracts/core/recorded-names.ts';
import type { EnteringEvent } from '../entry.ts';
import { graphOf } from '../graph.ts';
import { kindOf } from '../nodes/node-kinds.ts';
import { createPreviews, type StoredMessages } from './mail-preview.ts';
import { isReached, later, plus } from '../../time/time.ts';
import { isInTime } from '../triggers.ts';

/**
 * A message that will come; without its number, which it gets when it is delivered. An outcome that a deadline brings (`isDeadline`) does not come
 * in a pause.
 */
export type ComingItem = Omit<MailboxItem, 'seq'> & { isDeadline?: true };

/** An event of a script, with the instant at which it comes. */
export type ComingEvent = EnteringEvent & { after: IsoDuration };

/**
 * The outside of a simulated run: answers what a turn asks for by the script, each thing once, and notes what it had to assume.
 * `contact` changes as `updateContact` steps are done.
 */
export type World = {
  contact: JsonObject;
  readonly assumptions: string[];
  /** How the mails read, by step and visit: `hello/1`. */
  readonly mails: ReadonlyMap<string, MailView>;
  /** The pauses of the script: their beginnings and ends. */
  readonly pauses: readonly ComingItem[];
  /** The events of the script. */
  readonly events: readonly ComingEvent[];
  /** What comes of the things that are newly open at `now`, or have another deadline, with the instants at which it comes. */
  respond(open: { actions: Action[]; gates: GateSpec[]; waits: WaitSpec[] }, now: string): ComingItem[];
};

/** Makes the world of a script for a run that starts at `startedAt`. */
export function createWorld(
  definition: JourneyDefinition,
  script: SimulationScript,
  start: { startedAt: string; contact: JsonObject; zone: string; templates: StoredMessages },
): World {
  const graph = graphOf(definition);
  const previewOf = createPreviews(start.templates);
  const mails = new Map<string, MailView>();
  const answered = new Set<string>();
  const openedAt = new Map<string, string>();
  const isNew = (id: string): boolean => !answered.has(id) && Boolean(answered.add(id));
  const events = eventsOf(script, start);
  const world: World = {
    contact: start.contact,
    assumptions: [],
    mails,
    events,
    pauses: pausesOf(script, start),
    respond({ actions, gates, waits }, now) {
      return [
        ...actions.filter(({ id }) => isNew(`action ${id}`)).map((action) => carryOut(action, now)),
        ...gates
          .filter(({ step, visit, dueAt }) => isNew(`gate ${step}/${visit} ${dueAt}`))
          .flatMap((gate) => {
            const id = `${gate.step}/${gate.visit}`;
            const opened = openedAt.get(id) ?? now;
            openedAt.set(id, opened);
            return decide(gate, script, opened, start.zone, world.assumptions);
          }),
        ...waits
          .filter(({ purpose, step, visit, key }) => isNew(`wait ${purpose} ${step}/${visit} ${key}`))
          .flatMap((wait) => events.filter((event) => isAwaited(event, wait)).map((event) => asItem(event, wait, now))),
      ];
    },
  };
  const carryOut = (action: Action, now: string): ComingItem => {
    const failure = script.failures?.[action.step];
    if (failure !== undefined) {
      return { kind: 'failed', ref: action.id, payload: { type: 'scripted', message: failure }, at: now };
    }
    const node = graph.places.get(action.step)?.node;
    if (!node) return { kind: ACTION_DONE, ref: action.id, payload: {}, at: now };
    const noted = (words: string): string => `${named(node.title ?? node.id, action.visit)}: ${words}`;
    if (action.activity === 'sendMessage') {
      const preview = previewOf(action.params, world.contact);
      if (preview.kind === 'fault')
        return { kind: 'failed', ref: action.id, payload: { type: 'template', message: preview.message }, at: now };
      if (preview.kind === 'none') world.assumptions.push(noted(preview.why));
      else mails.set(action.id, preview.mail);
    }
    world.contact = kindOf(node).carry(world.contact, action.params);
    const scripted = ofVisit(script.answers?.[action.step], action.visit);
    const { output, assumption } = kindOf(node).simulate(node, action.params, scripted);
    if (assumption !== null) world.assumptions.push(noted(assumption));
    return { kind: ACTION_DONE, ref: action.id, payload: output, at: now };
  };
  return world;
}

/** The events in the order in which they come, no two at the same instant. */
function eventsOf(script: SimulationScript, { startedAt, zone }: { startedAt: string; zone: string }): ComingEvent[] {
  let last = -Infinity;
  return (script.events ?? [])
    .map(({ after, late, name, key = null, properties = {} }, index) => {
      const occurredAt = plus(startedAt, after, zone);
      const receivedAt = late === undefined ? occurredAt : plus(occurredAt, late, zone);
      return { after, occurredAt, receivedAt, id: `event-${index + 1}`, name, key, properties };
    })
    .toSorted((a, b) => Date.parse(a.receivedAt) - Date.parse(b.receivedAt))
    .map((event) => {
      last = Math.max(last + 1, Date.parse(event.receivedAt));
      return { ...event, receivedAt: new Date(last).toISOString() };
    });
}

function pausesOf(script: SimulationScript, { startedAt, zone }: { startedAt: string; zone: string }): ComingItem[] {
  return (script.pauses ?? []).flatMap(({ after, for: length }) => {
    const from = plus(startedAt, after, zone);
    const item = { ref: null, payload: {} };
    return [
      { ...item, kind: 'pause', at: from },
      { ...item, kind: 'resume', at: plus(from, length, zone) },
    ];
  });
}

function decide(
  gate: GateSpec,
  script: SimulationScript,
  now: string,
  zone: string,
  assumptions: string[],
): ComingItem[] {
  const scripted = ofVisit(script.decisions?.[gate.step], gate.visit);
  const isOffered = gate.outcomes.some(({ name }) => name === scripted?.outcome);
  const decision = scripted && isOffered ? scripted : assumedDecision(gate, assumptions);
  const expiry = gate.dueAt !== null && gate.onTimeout !== null ? { at: gate.dueAt, outcome: gate.onTimeout } : null;
  if (!decision) return expiry ? [expired(gate, expiry)] : [];
  const at = decision.after === undefined ? now : plus(now, decision.after, zone);
  if (expiry && isReached(expiry.at, at)) return [expired(gate, expiry)];
  return [verdict(gate, decision, at)];
}

/** Nobody decides before the deadline; where there is none, the first outcome is chosen at once. */
function assumedDecision(gate: GateSpec, assumptions: string[]): ScriptedDecision | null {
  const asked = named(gate.title, gate.visit);
  const labelOf = (outcome: string): string => gate.outcomes.find(({ name }) => name === outcome)?.label ?? outcome;
  if (gate.onTimeout !== null) {
    const assumed = `${asked}: nobody decides, so that the deadline brings “${labelOf(gate.onTimeout)}”`;
    if (!assumptions.includes(assumed)) assumptions.push(assumed);
    return null;
  }
  const first = gate.outcomes[0];
  if (!first) return null;
  assumptions.push(`${asked}: “${labelOf(first.name)}” is chosen at once`);
  return { outcome: first.name };
}

/** A step as people know it; the visit is named from the second on. */
function named(title: string, visit: number): string {
  return visit === 1 ? `“${title}”` : `“${title}”, visit ${visit}`;
}

function expired(gate: GateSpec, { outcome, at }: { outcome: string; at: string }): ComingItem {
  return { ...verdict(gate, { outcome }, at), isDeadline: true };
}

function verdict(gate: GateSpec, decision: ScriptedDecision, at: string): ComingItem {
  const { step, visit } = gate;
  const payload = {
    step,
    visit,
    round: visit,
    outcome: decision.outcome,
    comment: decision.comment ?? null,
    form: null,
  };
  return { kind: 'gate', ref: `gate-${step}/${visit}`, payload, at };
}

function isAwaited(event: EnteringEvent, wait: WaitSpec): boolean {
  const isSameKey = wait.key === null || wait.key === event.key;
  return event.name === wait.eventName && isSameKey && isInTime(event, wait);
}

/** An event that came before the run listened is delivered when it begins to listen. */
function asItem(event: EnteringEvent, wait: WaitSpec, now: string): ComingItem {
  const { id, name, key, properties, occurredAt, receivedAt } = event;
  const { purpose, step, visit } = wait;
  const payload = { name, key, properties, occurredAt, receivedAt, purpose, step, visit };
  return { kind: 'event', ref: `${id}/${purpose}/${step}/${visit}`, payload, at: later(now, receivedAt) };
}

function ofVisit<T>(list: readonly T[] | undefined, visit: number): T | undefined {
  return list?.[Math.min(visit, list.length) - 1];
}
