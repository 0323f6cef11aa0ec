import type { Action } from '../../contracts/core/actions.ts';
import type { OpenAction } from '../../contracts/core/engine.ts';
import { limits } from '../../contracts/core/limits.ts';
import type { Advanced, JsonObject, MailboxItem } from '../../contracts/core/machine.ts';
import { ACTION_DONE } from '../../contracts/core/recorded-names.ts';
import { expireGates, matchGates } from '../../platform/db/gates/gates.ts';
import { noFacts, readOfEach } from '../../platform/db/core/readings.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import {
  knownState,
  ofEach,
  stateOfTurn,
  unreadMessages,
  type LockedRun,
  type Unread,
} from '../../platform/db/runs/turns.ts';
import { writeTurns, type TurnRecord } from '../../platform/db/runs/write-turns.ts';
import { applyRewind } from './rewind.ts';
import type { Machine, RunKind } from './run-kind.ts';

/** What turns are made with. */
export type TurnDeps = {
  /** By the name of the kind. */
  kinds: Readonly<Record<string, RunKind>>;
  /** The clock of a turn: the database's by default; tests that skip time pass the workflow's. */
  now?: (tx: Tx, workflowClock: number) => Promise<Date>;
};

/** A turn cannot be made. The run stays where it was, and an incident of this kind says so. */
export class TurnFault extends Error {
  readonly incident: 'engine.fault' | 'run.stateTooLarge';

  constructor(incident: TurnFault['incident'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.incident = incident;
  }
}

/** Where a run is to go on: the instant of its turn, and the execution that works it, which is none in a pool. */
export type NextTurn = { run: LockedRun; now: Date; temporalRunId: string | null };

/** A turn as it was written; `more` says that unread messages exist now. */
export type TurnMade = {
  run: LockedRun;
  turn: number;
  generation: number;
  advanced: Advanced<JsonObject>;
  more: boolean;
};

/** What came of turns that were to be made, each by its run's id: those for which nothing has happened and nothing is due are in neither. */
export type TurnsMade = { made: ReadonlyMap<string, TurnMade>; faults: ReadonlyMap<string, TurnFault> };

/**
 * Makes the next turn of each of several live, locked runs of one workspace, where something has happened or is due: what they need is read kind by
 * kind, their machines are asked one by one, and what comes of them is written at once. A machine that throws is left out, and its run stands where it was.
 * @throws TurnFault where what was taken back for a rewind has to come back, too: nothing of the transaction may stay
 */
export async function makeTurns(deps: TurnDeps, tx: Tx, turns: readonly NextTurn[]): Promise<TurnsMade> {
  const faults = new Map<string, TurnFault>();
  const planned: PlannedTurn[] = [];
  for (const [kind, ofKind] of Map.groupBy(turns, ({ run }) => run.kind))
    for (const next of await readTurns(tx, deps.kinds[kind], ofKind)) {
      const plan = await attempted(() => planTurn(tx, deps.kinds[kind], next));
      if (plan instanceof TurnFault && next.unread.some((row) => row.kind === 'rewind')) throw plan;
      if (plan instanceof TurnFault) faults.set(next.run.id, plan);
      else planned.push(plan);
    }
  for (const { record } of planned) await matchGates(tx, record.run, record.generation, record.advanced.gates);
  for (const { machine, record } of planned) await machine.project?.(record.advanced);
  const unread = await writeTurns(
    tx,
    planned.map(({ record }) => record),
  );
  for (const { machine, record } of planned) if (record.advanced.ended) await machine.afterEnd?.(record.advanced);
  const made = planned.map(({ next: { run }, record: { turn, generation, advanced } }): [string, TurnMade] => [
    run.id,
    { run, turn, generation, advanced, more: unread.has(run.id) && advanced.ended === null },
  ]);
  return { made: new Map(made), faults };
}

/** A run with what is read for its turn. */
type ReadTurn = NextTurn & { unread: Unread[]; state: JsonObject | null; facts: unknown };

/** Expires what is due, and reads what the turns are made of; those alone for which something has happened, or is due. */
async function readTurns(tx: Tx, kind: RunKind | undefined, turns: readonly NextTurn[]): Promise<ReadTurn[]> {
  for (const { run, now } of turns) if (isDue(run, now)) await expireGates(tx, run, now);
  const { of, each } = ofEach(turns.map(({ run }) => run));
  const facts = kind?.facts?.(of) ?? noFacts;
  const read = await readOfEach(tx, each, { unread: unreadMessages(of), state: stateOfTurn(of), facts });
  return turns.flatMap((next) => {
    const { run, now } = next;
    const own = read.get(run.id);
    if (!own || (own.unread.length === 0 && !isDue(run, now) && run.turn > 0)) return [];
    return [{ ...next, ...own }];
  });
}

function isDue(run: LockedRun, now: Date): boolean {
  return run.next_due_at !== null && run.next_due_at <= now;
}

type PlannedTurn = { next: ReadTurn; machine: Machine; record: TurnRecord };

/** Asks the run's machine, and writes nothing but what a rewind takes back. @throws TurnFault */
async function planTurn(tx: Tx, kind: RunKind | undefined, next: ReadTurn): Promise<PlannedTurn> {
  const { run, now, temporalRunId } = next;
  if (!kind) throw new TurnFault('engine.fault', `This worker knows no runs of kind ${run.kind}`);
  const rewound = await applyRewind(tx, run, next.unread, kind.facts);
  const rows = rewound?.rows ?? next.unread;
  const state = rewound ? rewound.state : knownState(run, run.turn, next.state);
  const machine = await kind.load(tx, run, rewound ? rewound.facts : next.facts);
  const generation = rewound?.generation ?? run.generation;
  const mailbox = ofGeneration(rows, generation);
  const advanced = guarded(() =>
    machine.advance(state, { now: now.toISOString(), mailbox, isRewound: rewound !== null }),
  );
  const left = new Set(advanced.left);
  const consumed = rows.map((row) => row.seq).filter((seq) => !left.has(seq));
  const turn = run.turn + 1;
  const record = { run, turn, generation, advanced, state: bounded(advanced), consumed, now, temporalRunId };
  return { next, machine, record };
}

async function attempted<T>(work: () => Promise<T>): Promise<T | TurnFault> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TurnFault) return error;
    throw error;
  }
}

/** The open actions of a generation, each under the key that names it over rewinds. */
export function openActions(actions: readonly Action[], generation: number): OpenAction[] {
  return actions.map((action) => ({ key: `${generation}/${action.id}`, activity: action.activity }));
}

/** What the machine may receive: results and decisions of this generation only, with the command id as their ref. */
function ofGeneration(rows: (MailboxItem & { ref: string })[], generation: number): MailboxItem[] {
  return rows.flatMap((row) => {
    if (row.kind === ACTION_DONE || row.kind === 'failed') {
      const cut = row.ref.indexOf('/');
      return Number(row.ref.slice(0, cut)) === generation ? [{ ...row, ref: row.ref.slice(cut + 1) }] : [];
    }
    if (row.kind === 'gate') return row.payload['generation'] === generation ? [row] : [];
    return row.kind === 'rewind' ? [] : [row];
  });
}

/** A machine that throws has a fault, which waits for a fix. */
function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new TurnFault('engine.fault', error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/**
 * The state as JSON, within its limit. A turn that would go beyond is not made: the run stands where it was with what it has received, and is
 * rewound or cancelled by a person, who reads why. Failing the run would throw away what it has done. A run that ends may go beyond:
 * that is how it gets out, and it stores no further turn.
 */
function bounded({ state, ended }: Advanced<JsonObject>): string {
  const text = JSON.stringify(state);
  const bytes = Buffer.byteLength(text);
  if (bytes <= limits.stateBytes || ended) return text;
  const message = `its state would have ${bytes} bytes, and ${limits.stateBytes} are allowed. Rewind the run to a turn before it grew, or cancel it`;
  throw new TurnFault('run.stateTooLarge', message);
}
