import type { JsonObject, MailboxItem } from '../../contracts/core/machine.ts';
import { runKindOf } from '../../contracts/runs/run-kinds.schema.ts';
import { listenAnew } from '../../platform/db/runs/waits.ts';
import {
  knownState,
  ofRun,
  stateOfTurn,
  type Unread,
  unreadMessages,
  unreadSince,
  type RunRow,
} from '../../platform/db/runs/turns.ts';
import { noFacts, readTogether } from '../../platform/db/core/readings.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import type { RunKind } from './run-kind.ts';

/** Where a rewind leads: the state that comes back, its generation, what is to be received in it, and the kind's facts as they are with that. */
export type Rewound = {
  state: JsonObject | null;
  generation: number;
  rows: Unread[];
  facts: unknown;
};

/**
 * Applies the last rewind among the unread rows: the state stored with its turn comes back under a new generation. The turn
 * number only rises; effects keep their keys, so mail and money are not repeated. What the outside reported after that turn (money, progress, an
 * event) is a fact whatever the state is: it is received again, in its order, an event by each wait that is open then. All other consumption is
 * never restored.
 * @returns null where no rewind is among the rows, or the turn it names was never made
 */
export async function applyRewind(
  tx: Tx,
  run: RunRow,
  rows: MailboxItem[],
  factsOf: RunKind['facts'],
): Promise<Rewound | null> {
  const command = rows.findLast((row) => row.kind === 'rewind');
  const turn = command?.payload['turn'];
  if (typeof turn !== 'number' || turn < 0 || turn > run.turn) return null;
  await unreadSince(tx, run, { turn, kinds: runKindOf(run.kind)?.facts ?? [] });
  await listenAnew(tx, run, turn);
  const facts = factsOf?.(ofRun(run)) ?? noFacts;
  const read = await readTogether(tx, {
    state: stateOfTurn({ ...ofRun(run), turn }),
    rows: unreadMessages(ofRun(run)),
    facts,
  });
  return { ...read, state: knownState(run, turn, read.state), generation: run.generation + 1 };
}
