import type { JsonObject, MailboxItem } from '../../contracts/core/machine.ts';
import { stateOfTurn, type RunRow } from '../../platform/db/runs/turns.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';

/**
 * Applies the last rewind among the unread rows: the state stored with its turn comes back under a new generation. The turn
 * number only rises and consumption is never restored; effects keep their keys, so mail and money are not repeated.
 * @returns null where no rewind is among the rows, or the turn it names was never made
 */
export async function applyRewind(
  tx: Tx,
  run: RunRow,
  rows: MailboxItem[],
): Promise<{ state: JsonObject | null; generation: number } | null> {
  const command = rows.findLast((row) => row.kind === 'rewind');
  const turn = command?.payload['turn'];
  if (typeof turn !== 'number' || turn < 0 || turn > run.turn) return null;
  return { state: await stateOfTurn(tx, run, turn), generation: run.generation + 1 };
}
