import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Action } from '../../../contracts/core/actions.ts';
import type { Advanced, JsonObject, MailboxItem } from '../../../contracts/core/machine.ts';
import { ACTION_DONE } from '../../../contracts/core/recorded-names.ts';
import type { BatchStage } from '../../../contracts/documents/documents.ts';
import { stagePicture } from '../../../test/support/stage-picture.ts';
import { batchApprover, type BatchPlan, type BatchState } from '../batch-state.ts';
import { advanceBatch } from '../machine.ts';
import { stages } from './stages.ts';

it('has work, a gate or both in each stage of a batch', () => {
  const none = Object.entries(stages).filter(([, { work, gate }]) => work === null && gate === null);
  expect(none).toEqual([]);
});

it('is the only place that tells them apart', () => {
  const names = Object.keys(stages).join('|');
  const asks = new RegExp(`switch \\([\\w.]*\\bstage\\)|\\b(stage|step) [!=]== '(${names})'`);
  const files = globSync('{domain/documents,api,activities,platform,sdk,cli,worker,dashboard/src}/**/*.{ts,tsx}', {
    exclude: ['domain/documents/stages/**', '**/*.test.ts'],
  });
  expect(files.filter((file) => asks.test(readFileSync(file, 'utf8')))).toEqual([]);
});

/** What each action may come to, in a batch of one chunk; no payload stands for a failure. */
const answersOf: Partial<Record<Action['activity'], (JsonObject | null)[]>> = {
  importRows: [{ rows: 3 }, { rows: 0 }, null],
  generateChunk: [{ generated: 3 }, { generated: 2, flagged: 1 }, { failed: 3 }, null],
  renderChunk: [{ rendered: 3 }, { withheld: 3 }, { failed: 3 }, null],
};

/** All that may happen now, each as the one message of a turn. */
function choices({ actions, gates }: Advanced<BatchState>): Pick<MailboxItem, 'kind' | 'ref' | 'payload'>[] {
  return [
    ...actions.flatMap(({ id: ref, activity }) =>
      (answersOf[activity] ?? [{}, null]).map((payload) => {
        return payload
          ? { kind: ACTION_DONE, ref, payload }
          : { kind: 'failed', ref, payload: { message: 'it failed' } };
      }),
    ),
    ...gates.flatMap(({ step, visit, outcomes }) =>
      outcomes.map(({ name: outcome }) => ({ kind: 'gate', ref: null, payload: { step, visit, outcome } })),
    ),
    { kind: 'documentDecision', ref: null, payload: { undecided: 0 } },
    { kind: 'exit', ref: null, payload: {} },
  ];
}

it('leads where the records say, and nowhere else, whatever happens on the way', () => {
  const now = '2026-11-29T09:00:00Z';
  const seen = new Map<BatchStage, Set<BatchStage>>();
  const goOn = (plan: BatchPlan, before: BatchState | null, mailbox: MailboxItem[]): void => {
    const after = advanceBatch(plan, before, { now, mailbox });
    const from = before?.stage;
    if (from === after.state.stage) {
      // What changes nothing leads nowhere, and what ends the batch no further.
      if (!after.ended) return;
    } else if (from) seen.set(from, (seen.get(from) ?? new Set()).add(after.state.stage));
    if (after.ended) return;
    for (const item of choices(after)) goOn(plan, after.state, [{ ...item, seq: 1, at: now }]);
  };
  for (const review of ['none', 'flagged', 'all'] as const) {
    const plan = { name: 'Letters', model: 'm', window: 50, review, budgetMicros: 1, approver: batchApprover };
    goOn(plan, null, []);
  }
  for (const [from, { leadsTo }] of Object.entries(stages) as [BatchStage, { leadsTo: readonly BatchStage[] }][]) {
    expect([from, [...(seen.get(from) ?? [])].toSorted()]).toEqual([from, leadsTo.toSorted()]);
  }
});

it('is drawn in the docs as it is', () => {
  const page = readFileSync(new URL('../../../docs/documents.md', import.meta.url), 'utf8');
  expect(page).toContain(stagePicture(stages, ['deliver']));
});
