import type { EventTrigger, JourneyNode, NodeBase } from '../../../contracts/journeys/nodes.schema.ts';
import type { GateAssignee, JsonObject } from '../../../contracts/core/machine.ts';
import type { Mail } from '../../../contracts/messaging/actions.ts';
import type { Facts } from '../../conditions/values.ts';
import { afterPause, type Pause } from '../../time/pause.ts';
import { unexpected, type NodeResult, type Scope, type Stay } from '../node-result.ts';
import type { JourneyState, Opened, OpenVisit, StepResult } from '../state.ts';
import type { ReceivedEvent } from '../triggers.ts';
import type { Use } from './uses.ts';

/** The nodes of one kind. */
export type NodeOf<K extends JourneyNode['kind']> = Extract<JourneyNode, { kind: K }>;

/** The branch of a node into which a run goes where the node fails. */
export const ON_ERROR = 'onError';

/** A named list of steps inside a node. Names: `yes`, `no`, `onEvent`, `onTimeout`, `onError`, or an approval's outcome; `path` is below the node. */
export type Branch = { name: string; path: string; steps: readonly JourneyNode[] };

/** Makes the steps of a branch again. */
export type MapSteps = (steps: readonly JourneyNode[]) => JourneyNode[];

/**
 * Where a run can go from a node: to what follows, nowhere, to another node, into one of some branches (with `next`: or to what follows), or
 * into all of them at once (`fork`).
 */
export type Ways =
  | { kind: 'next' }
  | { kind: 'nowhere' }
  | { kind: 'jump'; target: string }
  | { kind: 'branches'; names: string[]; next?: true }
  | { kind: 'fork' };

/**
 * A stored thing that a node names in a field, with the version or label to take, such as `welcome@production`. `variables` are those
 * that the node gives it; null where it is not known which it reads.
 */
export type StoredName = {
  kind: 'message' | 'prompt';
  reference: string;
  field: string;
  variables: readonly string[] | null;
};

/**
 * The parts of a mail that a person wrote in a node, Liquid in both: null where a step computes the subject, or a stored template has it.
 * `variables` are the names that they may read beside `contact`.
 */
export type WrittenMail = {
  subject: string | null;
  markdown: string | null;
  variables: readonly string[];
  /** About what the person bought or booked: it goes to who has opted out, too. */
  isTransactional: boolean;
};

/** What a mail is made of. */
export type Composed = Pick<Mail, 'content' | 'variables'>;

/** Gives the reference that stands for another: with the version that its label means now. */
export type Pin = (kind: StoredName['kind'], reference: string) => string;

/** Something wrong inside a node, at `field` below it ('' for the node itself). */
export type NodeFault = { field: string; code: string; message: string; hint: string };

/** What a waiting node may look at when an event comes: the run, what it began to listen for, and what this visit keeps. */
export type Listening = {
  state: JourneyState;
  facts: Facts;
  opened: Extract<Opened, { kind: 'event' }>;
  memory: JsonObject;
};

/** What a simulation takes for the result of an action; `assumption` says what had to be made up for it, null where nothing had. */
export type Simulated = { output: JsonObject; assumption: string | null };

/** What the script of a simulation says of a node: which outcome is chosen, or when an event comes. */
export type Scripted =
  { kind: 'decision'; outcomes: readonly { name: string; label: string }[] } | { kind: 'event'; name: string };

/** How a node looks in a drawing: one line about it, and the words on the ways into its branches. */
export type Drawn = { detail: string; branches?: Readonly<Record<string, string>> };

/**
 * All that a kind of node is. The interpreter, the checks, the drawing, the comparison of versions, publishing and the simulation
 * know nothing of single kinds: they ask the record in `node-kinds.ts`.
 */
export type NodeKind<N extends NodeBase> = {
  /** What the node does when a run reaches it. */
  begin(node: N, scope: Scope): NodeResult;
  /** What it does with what it received. */
  settle(node: N, result: StepResult, scope: Scope): NodeResult;
  /** What an event settles while the node waits for one, or what the visit keeps of it; null where the event is not meant. */
  receive(node: N, event: ReceivedEvent, listening: Listening): StepResult | Stay | null;
  /** What an open visit does when a turn begins, by the facts of that turn; null where what it asked for stands. */
  replan(node: N, visit: OpenVisit, scope: Scope): NodeResult | null;
  /** When the deadline of an open visit comes that was ahead as a pause began, which is over now. */
  afterPause(node: N, dueAt: string, pause: Pause & { zone: string }): string;
  /** The lists of steps inside it. */
  branches(node: N): Branch[];
  /** The same node with the steps of its branches made again; a list that is left out stays so. */
  withBranches(node: N, map: MapSteps): N;
  ways(node: N): Ways;
  /** The branch that a run took from it, by what its line in the timeline keeps; null where that names none. */
  took(detail: JsonObject): string | null;
  /** Whether it acts outside. */
  acts: boolean;
  /** Whether it may fail, and so have a branch for that. */
  mayFail: boolean;
  /** Whether a run always stays here until something outside happens: a loop needs such a node. */
  waits: boolean;
  /** Its durations, by field. */
  durations(node: N): [field: string, duration: string][];
  /** The values that it takes from the run. */
  uses(node: N): Use[];
  /** The stored things that it names. */
  references(node: N): StoredName[];
  /** The same node with each of them pinned to a version. */
  pin(node: N, pin: Pin): N;
  /** The language models that it asks or may ask, by field; a name of null is the installation's own. */
  models(node: N): [field: string, name: string | null][];
  /** The mail that is written in it; null where it writes none. */
  mail(node: N): WrittenMail | null;
  /** The words of that mail and their variables by the facts of a run, as its action is given them; null where it writes none. @throws ValuesTooLarge */
  compose(node: N, facts: Facts): Composed | null;
  /** The role or member that decides in it, in the field `assign`; null where nobody does. */
  assignee(node: N): GateAssignee | null;
  /** An id for a node that was given none, from what it does; null where an id must be given. */
  defaultId(node: N): string | null;
  /** What is known of its output: a JSON Schema, {} where nothing is known; null: it has none. */
  output(node: N): JsonObject | null;
  /** What is wrong with it taken by itself; durations and references are looked at for all kinds alike. */
  faults(node: N): NodeFault[];
  /** The result of its action in a simulation; `params` are the action's, `scripted` the answer that the script gives. */
  simulate(node: N, params: JsonObject, scripted: JsonObject | undefined): Simulated;
  /** The contact as it is in a simulation after the node's action. */
  carry(contact: JsonObject, params: JsonObject): JsonObject;
  scripted(node: N): Scripted | null;
  draw(node: N): Drawn;
  /** The node as what follows a decision, in words; `title` is the node's, `titleAt` tells those of others by their ids. */
  words(node: N, title: string, titleAt: (id: string) => string): string;
};

/** What a record says of itself. One with steps inside says too which ways lead on: only its kind knows whether a run may go past all of them. */
type Said<N extends NodeBase> = Pick<NodeKind<N>, 'begin' | 'draw'> &
  Partial<NodeKind<N>> &
  (Pick<NodeKind<N>, 'branches' | 'withBranches' | 'ways'> | { branches?: never; withBranches?: never });

/** Makes the record of a kind: what is left out is as most kinds have it, a step that acts or decides by itself and then goes on. */
export function defineKind<N extends NodeBase>(kind: Said<N>): NodeKind<N> {
  return {
    settle: (_, result) => unexpected(result),
    receive: () => null,
    replan: () => null,
    afterPause: (_, dueAt, pause) => afterPause('recheck', dueAt, pause),
    branches: () => [],
    withBranches: (node) => node,
    ways: () => ({ kind: 'next' }),
    took: () => null,
    acts: false,
    mayFail: false,
    waits: false,
    durations: () => [],
    uses: () => [],
    references: () => [],
    models: () => [],
    pin: (node) => node,
    mail: () => null,
    compose: () => null,
    assignee: () => null,
    defaultId: () => null,
    output: () => null,
    faults: () => [],
    simulate: () => ({ output: {}, assumption: null }),
    carry: (contact) => contact,
    scripted: () => null,
    words: (_, title) => `then “${title}”`,
    ...kind,
  };
}

/** The output of a kind whose properties are known by name alone. */
export function outputOf(...names: string[]): JsonObject {
  return { type: 'object', properties: Object.fromEntries(names.map((name) => [name, {}])) };
}

/** How an event that a node waits for is drawn. */
export function eventWords({ event }: EventTrigger): string {
  return `Event “${event}”`;
}
