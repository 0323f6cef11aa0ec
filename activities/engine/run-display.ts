import type { RunDisplay } from '../../contracts/core/engine.ts';
import { runLink } from '../../platform/temporal/run-link.ts';

/** Where people find the dashboard, and whether Temporal knows the search attributes now. */
export type DisplayDeps = { publicUrl: string; isIndexed(): boolean };

/** Where a run stands; `dueAt` is when it goes on by itself. */
export type RunPlace = Pick<RunDisplay, 'status' | 'step'> & { dueAt: string | null };

/** What Temporal's own UI shows of a run that stands there. */
export function displayRun(deps: DisplayDeps, runId: string, { status, step, dueAt }: RunPlace): RunDisplay {
  const at = step === null ? '' : ` at \`${step}\``;
  const until = dueAt === null ? '' : `, until ${dueAt} at the latest`;
  const details = `${runLink(deps.publicUrl, runId)}\n\n**${status}**${at}${until}`;
  return { status, step, details, isIndexed: deps.isIndexed() };
}
