import type { Reentry } from '../../contracts/journeys/journey.schema.ts';
import { type EarlierRun, keepsOut } from '../journeys/entry.ts';

/** A run of one of two contacts that are joined. `reentry` is the policy of the version that it follows, `mails` how many it has sent, `begunAt`
 * when it began, as texts that are in the order of time. */
export type RunOfTwo = EarlierRun & {
  journeyId: string;
  contactId: string;
  reentry: Reentry;
  mails: number;
  begunAt: string;
};

/** A live run that ends as its person has another, and that one. */
export type EndedByJoining = { runId: string; by: string };

/**
 * Which live runs end when two contacts become one: those that the re-entry policy would not have let in beside a run of the other contact that stays.
 * Of two live ones that stays which has sent more mails, else the first; where the policy counts ended runs, too, a live one gives way to those.
 */
export function endedByJoining(runs: readonly RunOfTwo[]): EndedByJoining[] {
  const staying: RunOfTwo[] = [];
  const ending: EndedByJoining[] = [];
  for (const run of runs.toSorted(inRank)) {
    const by = run.isLive ? staying.find((other) => standsInTheWay(other, run)) : undefined;
    if (by) ending.push({ runId: run.runId, by: by.runId });
    else staying.push(run);
  }
  return ending;
}

/** Whether the policy of a run counts another one, which is of the other contact. */
function standsInTheWay(other: RunOfTwo, run: RunOfTwo): boolean {
  const isOfOther = other.contactId !== run.contactId && other.journeyId === run.journeyId;
  return isOfOther && keepsOut(run.reentry, run.key, other);
}

/** Ended runs first, then those that have sent more mails, then the first begun. */
function inRank(a: RunOfTwo, b: RunOfTwo): number {
  return (
    Number(a.isLive) - Number(b.isLive) ||
    b.mails - a.mails ||
    compare(a.begunAt, b.begunAt) ||
    compare(a.runId, b.runId)
  );
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
