import { recordAudit } from '../../platform/db/access/audit.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import { inTransaction, inWorkspace } from '../../platform/db/core/workspace.ts';
import { strandedEnrollments, type StrandedEnrollment } from '../../platform/db/courses/stranded-enrollments.ts';
import { takeUpRun } from '../../platform/db/runs/reopen-run.ts';
import { lockRun } from '../../platform/db/runs/turns.ts';
import { newId } from '../../platform/ids.ts';
import { asOperator } from '../support/operator.ts';
import { CliError, say } from '../support/output.ts';
import { table } from '../support/table.ts';

/** What `throughline check enrollments` takes: one workspace instead of all, whether what is found goes on, the answer as JSON. */
export type CheckEnrollmentsOptions = { workspace?: string; repair?: true; json?: true };

/**
 * Finds enrollments whose run has ended and which still have a seat, a link or access. With `repair` their runs go on where they were, and the
 * enrollment's own rules do what is due: a hold that is over frees its seat, a deadline acts. The exit code is 1 where some are left.
 * @throws CliError, ConfigError
 */
export async function checkEnrollments({ workspace, repair, json }: CheckEnrollmentsOptions): Promise<void> {
  const found = await find(workspace ?? null);
  const repaired = new Set<string>();
  if (repair && found.length > 0)
    await asOperator('tl_app', async (app) => {
      for (const one of found) if (await takeUp(app, one)) repaired.add(one.enrollmentId);
    });
  if (repaired.size < found.length) process.exitCode = 1;
  if (json) return say(JSON.stringify(found.map((one) => ({ ...one, isRepaired: repaired.has(one.enrollmentId) }))));
  if (found.length > 0)
    table([
      ['workspace', 'enrollment', 'run', 'course', 'run is', 'stands at', 'has still', 'now'],
      ...found.map((one) => lineOf(one, repaired.has(one.enrollmentId))),
    ]).forEach(say);
  say(`${found.length} enrollment(s) without a run, ${repaired.size} repaired.`);
}

async function find(workspace: string | null): Promise<StrandedEnrollment[]> {
  let found: StrandedEnrollment[] = [];
  await asOperator('tl_system', async (system) => {
    const rows = await inTransaction(system, (tx) => strandedEnrollments(tx, workspace));
    if (rows === null) throw new CliError(`There is no workspace ${workspace}.`);
    found = rows;
  });
  return found;
}

/** @returns false where the run's state is gone: its contact was erased */
function takeUp(app: Db, { workspaceId, runId, enrollmentId }: StrandedEnrollment): Promise<boolean> {
  return inWorkspace(app, workspaceId, async (tx) => {
    const run = await lockRun(tx, workspaceId, runId);
    if (!run || run.ended_at === null) return false;
    const isLive = await takeUpRun(tx, run, { kind: 'retry', ref: newId(), payload: {} });
    if (isLive)
      await recordAudit(tx, {
        workspaceId,
        actor: { kind: 'system', id: null },
        act: 'run.retry',
        subject: { kind: 'run', id: runId },
        detail: { reason: 'throughline check enrollments --repair', enrollmentId },
      });
    return isLive;
  });
}

function lineOf(one: StrandedEnrollment, isRepaired: boolean): string[] {
  const has = [
    ...(one.seat === null ? [] : [`a seat (${one.seat})`]),
    ...(one.isQueued ? ['a place in the queue'] : []),
    ...(one.openLinks > 0 ? ['a link that takes money'] : []),
    ...(one.access === 'none' ? [] : [`access (${one.access})`]),
  ];
  const now = isRepaired ? 'goes on' : 'as it was';
  return [
    one.workspace,
    one.enrollmentId,
    one.runId,
    one.title,
    one.runStatus,
    one.lifecycle,
    has.join(', ') || '-',
    now,
  ];
}
