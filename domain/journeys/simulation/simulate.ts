import { segmentOf } from '../../../contracts/segments/membership-events.ts';
import type { JourneyDefinition } from '../../../contracts/journeys/journey.schema.ts';
import type { SimulatedStep, SimulationAnswer } from '../../../contracts/journeys/journeys-api.schema.ts';
import type { SimulationScript } from '../../../contracts/journeys/simulation.schema.ts';
import type { Advanced, JsonObject, MailboxItem } from '../../../contracts/core/machine.ts';
import { advance } from '../advance.ts';
import { startJourney, type JourneyState } from '../state.ts';
import { earlier, isReached, later, zoneOf } from '../../time/time.ts';
import type { StoredMessages } from './mail-preview.ts';
import { endOf } from '../entry.ts';
import { createEntries } from './entries.ts';
import { createWorld, type ComingItem, type World } from './world.ts';

/** Who goes through, when, and in what world. `stepLimit`: lines after which it stops (default 500). */
export type SimulationInput = {
  at: string;
  contact: JsonObject;
  workspaceZone: string;
  script: SimulationScript;
  stepLimit?: number;
  /** Where a run stands already; without it the person enters at `at`. */
  from?: JourneyState;
  /** The stored templates that the journey names; a mail from another one is not shown. */
  templates?: StoredMessages;
};

/** Characters of what steps were given: beyond it an answer has the lines alone. */
const MOST_ASKED = 1_000_000;
/** Lines that a person still reads; an endless loop is clear long before. */
const DEFAULT_STEP_LIMIT = 500;
/**
 * Turns at most: each takes in an item or fires a timer, so only a script of thousands of events without a wait reaches it.
 */
const MAX_TURNS = 5_000;

/**
 * Runs a definition with the production interpreter on a virtual clock: nothing is sent, everything that the script says
 * happens, time jumps from one due thing to the next. Always ends, with the reason; the same input gives the same run.
 */
export function simulateJourney(definition: JourneyDefinition, input: SimulationInput): SimulationAnswer {
  const { script, at: startedAt, workspaceZone } = input;
  const limit = input.stepLimit ?? DEFAULT_STEP_LIMIT;
  const zone = zoneOf([input.contact['timeZone'], definition.zone, workspaceZone]);
  const world = createWorld(definition, script, {
    startedAt,
    contact: input.contact,
    zone,
    templates: input.templates ?? {},
  });
  const steps = new Map<string, SimulatedStep>();
  const room = { left: MOST_ASKED };
  const [trigger] = definition.entry;
  const segment = script.entry?.event === undefined && trigger ? segmentOf(trigger) : null;
  const entry = {
    name: script.entry?.event ?? trigger?.event ?? '',
    key: script.entry?.key ?? segment,
    properties: script.entry?.properties ?? (segment === null ? {} : { segment }),
  };
  const { name: event, ...facts } = entry;
  const happened = { eventId: null, occurredAt: startedAt, receivedAt: startedAt };
  let state = input.from ?? startJourney({ ...facts, ...happened, event });
  const first = { ...entry, id: null, occurredAt: startedAt, receivedAt: startedAt };
  const entries = createEntries(definition, { contact: input.contact, first, others: world.events });
  let coming: ComingItem[] = [...world.pauses];
  let mailbox: MailboxItem[] = [];
  let seq = 0;
  let now = startedAt;
  const over = (outcome: SimulationAnswer['outcome'], reason: string): SimulationAnswer => {
    const isLive = outcome === 'stuck' || outcome === 'stepLimit';
    const hasFailed = outcome === 'failed';
    entries.receive(null, { contact: world.contact, isLive, hasFailed });
    if (state.end) entries.lookAgain(endOf(state), hasFailed);
    const { assumptions } = world;
    return {
      startedAt,
      endedAt: now,
      outcome,
      reason,
      steps: withMails([...steps.values()], world.mails, room),
      entries: entries.lines,
      assumptions,
    };
  };

  for (let turns = 0; turns < MAX_TURNS; turns += 1) {
    const result = advance(definition, state, { now, contact: world.contact, mailbox, workspaceZone });
    state = result.state;
    noteLines(steps, result, now, room);
    if (result.ended) return over(state.end?.status ?? 'completed', result.ended.reason);
    if (steps.size > limit) break;
    const answers = world.respond(result, now);
    // A deadline that a pause has moved comes once.
    coming = [...coming.filter((item) => !answers.some(({ ref }) => ref !== null && ref === item.ref)), ...answers];
    const comes = (item: ComingItem): boolean => result.status !== 'paused' || item.isDeadline !== true;
    const next = nextInstant(coming.filter(comes), result.dueAt);
    if (next === null) return over('stuck', stuckReason(result));
    now = later(now, next);
    entries.receive(now, { contact: world.contact, isLive: true, hasFailed: false });
    const left = mailbox.filter((item) => result.left?.includes(item.seq));
    const come = coming.filter((item) => comes(item) && isReached(item.at, now));
    mailbox = [...left, ...come.map((item) => ({ ...item, seq: (seq += 1) }))];
    coming = coming.filter((item) => !come.includes(item));
  }
  return over('stepLimit', `stopped after ${steps.size} steps: the journey loops`);
}

/** Puts the mails beside their steps, as far as there is room. */
function withMails(steps: SimulatedStep[], mails: World['mails'], room: { left: number }): SimulatedStep[] {
  return steps.map((step) => {
    const mail = mails.get(`${step.step}/${step.visit}`);
    if (mail) room.left -= mail.subject.length + mail.text.length + mail.html.length;
    return mail && room.left >= 0 ? { ...step, mail } : step;
  });
}

function nextInstant(coming: readonly ComingItem[], dueAt: string | null): string | null {
  const instants = [...coming.map((item) => item.at), ...(dueAt === null ? [] : [dueAt])];
  return instants.length === 0 ? null : instants.reduce(earlier);
}

/** Lays a turn's lines over those before, and adds what was asked for. */
function noteLines(
  steps: Map<string, SimulatedStep>,
  result: Advanced<JourneyState>,
  now: string,
  room: { left: number },
): void {
  for (const line of result.steps) {
    const id = `${line.step}/${line.visit}`;
    const known = steps.get(id);
    const detail = { ...known?.detail, ...line.detail };
    const startedAt = known?.startedAt ?? line.startedAt ?? now;
    const asks = known?.asks ?? asksOf(result, id);
    if (asks && asks !== known?.asks) room.left -= JSON.stringify(asks).length;
    steps.set(id, {
      ...line,
      startedAt,
      ...(Object.keys(detail).length > 0 ? { detail } : {}),
      ...(asks && (known?.asks || room.left >= 0) ? { asks } : {}),
    });
  }
}

function asksOf(result: Advanced<JourneyState>, id: string): JsonObject | undefined {
  const gate = result.gates.find(({ step, visit }) => `${step}/${visit}` === id);
  return gate?.content ?? result.actions.find((action) => action.id === id)?.params;
}

function stuckReason(result: Advanced<JourneyState>): string {
  const wait = result.waits.find(({ purpose }) => purpose === 'wait');
  const what = wait
    ? `the event '${wait.eventName}'${wait.key === null ? '' : ` with the key '${wait.key}'`}`
    : 'a decision';
  return `${result.currentStep ?? 'it'} waits for ${what}, which the script never brings`;
}
