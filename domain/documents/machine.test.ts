import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Action } from '../../contracts/core/actions.ts';
import type { Advanced, JsonObject, MailboxItem } from '../../contracts/core/machine.ts';
import { followsIn } from '../approvals/what-follows.ts';
import type { BatchPlan, BatchState } from './batch-state.ts';
import { advanceBatch } from './machine.ts';
import { chunkLimit } from './stage-work.ts';
import { unlimited } from '../../test/support/properties.ts';

const now = '2026-11-24T09:00:00.000Z';
const plan = (over: Partial<BatchPlan> = {}): BatchPlan => ({
  name: 'Renewals',
  model: 'stub-1',
  window: 100,
  review: 'flagged',
  budgetMicros: 1_000_000,
  approver: { kind: 'role', id: 'approver' },
  ...over,
});

/** Drives a batch as the engine would: keeps the state, numbers the messages. */
class Drive {
  readonly #plan: BatchPlan;
  #seq = 0;
  state: BatchState | null = null;
  last: Advanced<BatchState>;
  constructor(options: Partial<BatchPlan> = {}) {
    this.#plan = plan(options);
    this.last = this.turn();
  }
  turn(...items: Partial<MailboxItem>[]): Advanced<BatchState> {
    const mailbox = items.map((item) => ({ seq: ++this.#seq, kind: '', ref: null, payload: {}, at: now, ...item }));
    this.last = advanceBatch(this.#plan, this.state, { now, mailbox });
    this.state = JSON.parse(JSON.stringify(this.last.state)) as BatchState;
    return this.last;
  }
  done(action: Action | string, payload: JsonObject): Advanced<BatchState> {
    const ref = typeof action === 'string' ? action : action.id;
    return this.turn({ kind: 'performed', ref, payload });
  }
  gate(step: string, outcome: string): Advanced<BatchState> {
    return this.turn({ kind: 'gate', ref: 'g', payload: { step, visit: 1, round: 1, outcome } });
  }
  /** Up to the generate stage, with `rows` rows. */
  toGenerate(rows: number, rowErrors = 0): Advanced<BatchState> {
    this.done('import/1', { rows, rowErrors });
    this.done('estimate/1', { documents: rows });
    return this.gate('approve-estimate', 'approve');
  }
}

const ids = (advanced: Advanced<BatchState>): string[] => advanced.actions.map((action) => action.id);
const clean = (action: Action): JsonObject => {
  if (action.activity !== 'generateChunk' && action.activity !== 'renderChunk') return {};
  const size = action.params.to - action.params.from + 1;
  return { generated: size, flagged: 0, failed: 0, skipped: 0, costMicros: size };
};

describe('a review in which a reviewer asks for another text', () => {
  const ask = (ordinal: number, draft = 2) => ({ kind: 'redraft', payload: { ordinal, draft } });
  const inReview = (): Drive => {
    const batch = new Drive();
    for (const action of batch.toGenerate(3).actions)
      batch.done(action, { ...clean(action), generated: 1, flagged: 2 });
    expect(batch.last.currentStep).toBe('review');
    return batch;
  };

  it('makes each draft beside the gate, which stays what it was', () => {
    const batch = inReview();
    const gate = batch.last.gates;
    const asked = batch.turn(ask(2), ask(3));
    expect(asked.actions).toMatchObject([
      { id: 'review.0/1', activity: 'redraftDocument', params: { from: 2, to: 2, draft: 2 } },
      { id: 'review.1/1', activity: 'redraftDocument', params: { from: 3, to: 3, draft: 2 } },
    ]);
    expect([asked.status, asked.gates]).toEqual(['waiting', gate]);
    expect(ids(batch.done('review.0/1', { costMicros: 9 }))).toEqual(['review.1/1']);
    expect(ids(batch.turn(ask(2, 3)))).toEqual(['review.1/1', 'review.2/1']);
    expect(batch.gate('review', 'approve')).toMatchObject({ currentStep: 'render', actions: [{ id: 'render.0/1' }] });
  });

  it('goes on after a stop, waits at the budget, and outlives one that is given up', () => {
    const batch = inReview();
    batch.turn(ask(1));
    expect(ids(batch.done('review.0/1', { stopped: 'shutdown' }))).toEqual(['review.0/2']);
    expect(batch.done('review.0/2', { stopped: 'budget' })).toMatchObject({ status: 'paused', actions: [] });
    expect(ids(batch.turn({ kind: 'resume' }))).toEqual(['review.0/3']);
    const left = batch.turn({ kind: 'failed', ref: 'review.0/3', payload: { message: 'x' } });
    expect([left.ended, left.status, left.state.counts.failedChunks]).toEqual([null, 'waiting', 0]);
  });

  it('takes none outside of it', () => {
    const batch = new Drive();
    const before = ids(batch.toGenerate(3));
    expect(ids(batch.turn(ask(1)))).toEqual(before);
  });
});

describe('a document batch', () => {
  it('says who approves it how many of its letters there are already (Forus#127, #1595)', () => {
    const batch = new Drive();
    batch.done('import/1', { rows: 1_200, rowErrors: 0 });
    const estimated = { documents: 1_200, promptTokens: 9, madeBefore: { documents: 1_198, batch: 'Renewals' } };
    const { gates, state } = batch.done('estimate/1', estimated);
    const words = '1,198 of them are in “Renewals” too, with the same values';
    expect(gates).toMatchObject([{ step: 'approve-estimate', content: { madeBefore: words } }]);
    expect(state.estimate).toEqual({ documents: 1_200, promptTokens: 9 });
    const follows = followsIn('batch', {
      step: 'approve-estimate',
      content: gates[0]?.content ?? {},
      definition: null,
    });
    expect(follows.get('approve')).toBe(`writes 1,200 documents, within the budget; ${words}`);
  });

  it('imports, estimates, asks, generates, renders, delivers and completes', () => {
    const batch = new Drive();
    expect(batch.last.actions).toEqual([
      { id: 'import/1', activity: 'importRows', step: 'import', visit: 1, params: {} },
    ]);
    expect(ids(batch.done('import/1', { rows: 120, rowErrors: 0 }))).toEqual(['estimate/1']);
    const asked = batch.done('estimate/1', { documents: 120, promptTokens: 9 });
    expect(asked).toMatchObject({ status: 'waiting', actions: [], currentStep: 'approve-estimate' });
    expect(asked.gates).toMatchObject([{ step: 'approve-estimate', content: { documents: 120, model: 'stub-1' } }]);
    const generating = batch.gate('approve-estimate', 'approve');
    expect(generating.actions.map((action) => [action.id, action.activity, action.params])).toEqual([
      ['generate.0/1', 'generateChunk', { from: 1, to: 50 }],
      ['generate.1/1', 'generateChunk', { from: 51, to: 100 }],
      ['generate.2/1', 'generateChunk', { from: 101, to: 120 }],
    ]);
    for (const action of generating.actions) batch.done(action, clean(action));
    expect(ids(batch.last)).toEqual(['render.0/1', 'render.1/1', 'render.2/1']);
    for (const action of batch.last.actions) batch.done(action, { rendered: 40, failed: 0, withheld: 0 });
    expect(ids(batch.last)).toEqual(['deliver/1']);
    const end = batch.done('deliver/1', { archiveKey: 'a.zip', files: 120, sizeBytes: 1 });
    expect(end).toMatchObject({
      status: 'completed',
      ended: { outcome: 'completed' },
      actions: [],
      currentStep: null,
    });
  });

  it('ends with errors where a row got no document', () => {
    const batch = new Drive();
    batch.toGenerate(10, 3);
    batch.done('generate.0/1', { generated: 10 });
    batch.done('render.0/1', { rendered: 10 });
    expect(batch.done('deliver/1', {}).ended).toMatchObject({ outcome: 'completedWithErrors' });
  });

  it('fails where no row can be used, and where the file is refused', () => {
    expect(new Drive().done('import/1', { rows: 0, rowErrors: 4 })).toMatchObject({ status: 'failed', gates: [] });
    const refused = new Drive().turn({
      kind: 'failed',
      ref: 'import/1',
      payload: { type: 'X', message: 'no key column' },
    });
    expect(refused.ended).toEqual({ outcome: 'failed', reason: 'no key column' });
  });

  it('stops at the estimate', () => {
    const batch = new Drive();
    batch.done('import/1', { rows: 10, rowErrors: 0 });
    batch.done('estimate/1', {});
    expect(batch.gate('approve-estimate', 'stop')).toMatchObject({ status: 'exited', ended: { outcome: 'stopped' } });
  });

  it('opens a review for flagged documents only, and tells the render what to do with the undecided', () => {
    const batch = new Drive();
    batch.toGenerate(10);
    const review = batch.done('generate.0/1', { generated: 8, flagged: 2, failed: 0, skipped: 0, costMicros: 7 });
    expect(review.gates).toMatchObject([{ step: 'review', content: { flagged: 2, clean: 8, costMicros: 7 } }]);
    const render = batch.gate('review', 'approve');
    expect(render.actions).toMatchObject([{ id: 'render.0/1', params: { from: 1, to: 10, undecided: 'deliver' } }]);
    const other = new Drive();
    other.toGenerate(10);
    other.done('generate.0/1', { generated: 8, flagged: 2 });
    expect(other.gate('review', 'reject').actions).toMatchObject([{ params: { undecided: 'withhold' } }]);
  });

  it('goes on by itself when the last flagged document has been decided', () => {
    const batch = new Drive();
    batch.toGenerate(10);
    batch.done('generate.0/1', { generated: 8, flagged: 2 });
    const one = batch.turn({
      kind: 'documentDecision',
      payload: { documentId: 'd1', outcome: 'approve', undecided: 1 },
    });
    expect(one.gates).toHaveLength(1);
    const both = batch.turn({
      kind: 'documentDecision',
      payload: { documentId: 'd2', outcome: 'reject', undecided: 0 },
    });
    expect(both).toMatchObject({ gates: [], currentStep: 'render' });
  });

  it('reviews nothing with `none`, and everything with `all`', () => {
    const none = new Drive({ review: 'none' });
    none.toGenerate(10);
    expect(none.done('generate.0/1', { generated: 8, flagged: 2 }).currentStep).toBe('render');
    const all = new Drive({ review: 'all' });
    all.toGenerate(10);
    expect(all.done('generate.0/1', { generated: 10 }).currentStep).toBe('review');
  });

  it('pauses without cancelling what is in flight, and reissues what stopped', () => {
    const batch = new Drive({ window: 50 });
    batch.toGenerate(200);
    expect(ids(batch.turn({ kind: 'pause' }))).toEqual(['generate.0/1', 'generate.1/1']);
    expect(batch.last.status).toBe('paused');
    batch.done('generate.0/1', { stopped: 'pause' });
    batch.done('generate.1/1', { generated: 50 });
    expect(batch.last).toMatchObject({ status: 'paused', actions: [] });
    expect(ids(batch.turn({ kind: 'resume' }))).toEqual(['generate.0/2', 'generate.2/1']);
  });

  it('pauses when the budget is spent; a stop from before the resume does not pause again', () => {
    const batch = new Drive({ window: 50 });
    batch.toGenerate(200);
    expect(batch.done('generate.0/1', { stopped: 'budget' })).toMatchObject({ status: 'paused' });
    expect(batch.last.steps).toMatchObject([{ step: 'generate', status: 'waiting', detail: { paused: 'budget' } }]);
    batch.turn({ kind: 'resume' });
    expect(batch.done('generate.1/1', { stopped: 'budget' }).status).toBe('running');
    expect(ids(batch.last)).toEqual(['generate.0/2', 'generate.1/2']);
    expect(batch.done('generate.0/2', { stopped: 'budget' }).status).toBe('paused');
  });

  it('reissues a chunk at once after a shutdown of its worker', () => {
    const batch = new Drive({ window: 50 });
    batch.toGenerate(60);
    expect(ids(batch.done('generate.1/1', { stopped: 'shutdown' }))).toEqual(['generate.0/1', 'generate.1/2']);
  });

  it('loses a chunk, not the batch, when its activity gives up', () => {
    const batch = new Drive();
    batch.toGenerate(60);
    batch.turn({ kind: 'failed', ref: 'generate.0/1', payload: { type: 'X', message: 'gave up' } });
    expect(batch.done('generate.1/1', { generated: 10 }).currentStep).toBe('render');
    const none = new Drive();
    none.toGenerate(10);
    expect(none.turn({ kind: 'failed', ref: 'generate.0/1', payload: {} }).status).toBe('failed');
  });

  it('exits at any moment with nothing open', () => {
    const batch = new Drive();
    batch.toGenerate(500);
    const exited = batch.turn({ kind: 'exit', payload: { reason: 'wrong file' } });
    expect(exited).toMatchObject({
      status: 'exited',
      actions: [],
      ended: { outcome: 'cancelled', reason: 'wrong file' },
    });
    expect(batch.done('generate.0/1', { generated: 50 })).toMatchObject({ status: 'exited', actions: [], steps: [] });
  });
});

type Act = { pick: number; how: 'done' | 'shutdown' | 'budget' | 'pause' | 'repeat' | 'stray' };
const acts: fc.Arbitrary<Act[]> = fc.array(
  fc.record({
    pick: fc.nat(100),
    how: fc.constantFrom('done', 'done', 'done', 'shutdown', 'budget', 'pause', 'repeat', 'stray'),
  }),
  { maxLength: 60 },
);

/** Applies the acts to whatever is open, then finishes everything that is left. */
function play(rows: number, window: number, script: Act[]): Drive {
  const batch = new Drive({ window, review: 'none' });
  batch.toGenerate(rows);
  const seen: { ref: string; payload: JsonObject }[] = [];
  const answer = (action: Action): void => {
    const payload = action.activity === 'generateChunk' ? clean(action) : { rendered: 1, failed: 0, withheld: 0 };
    seen.push({ ref: action.id, payload });
    batch.done(action, payload);
  };
  const invariants = (): void => {
    expect(batch.last.actions.length).toBeLessThanOrEqual(chunkLimit(window));
    expect(new Set(ids(batch.last)).size).toBe(batch.last.actions.length);
    expect(batch.last.ended === null || batch.last.actions.length === 0).toBe(true);
  };
  for (const { pick, how } of script) {
    const action = batch.last.actions[pick % Math.max(1, batch.last.actions.length)];
    if (how === 'repeat') seen.slice(-3).forEach((old) => batch.done(old.ref, old.payload));
    else if (how === 'stray') batch.done('generate.9999/1', { generated: 50 });
    else if (how === 'pause') batch.turn({ kind: 'pause' });
    else if (action && how === 'done') answer(action);
    else if (action) batch.done(action, { stopped: how });
    if (batch.last.status === 'paused') batch.turn({ kind: 'resume' });
    invariants();
  }
  for (let turns = 0; !batch.last.ended && turns < 10_000; turns += 1) {
    const action = batch.last.actions.at(-1);
    if (!action) throw new Error(`stuck in ${batch.last.currentStep}`);
    answer(action);
    invariants();
  }
  return batch;
}

describe('in any order', () => {
  it('ends the same, whatever stops, repeats or strays on the way', unlimited, () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 1, max: 200 }), acts, (rows, window, script) => {
        const { epoch: _, ...disturbed } = play(rows, window, script).state ?? fail();
        const { epoch: __, ...plain } = play(rows, window, []).state ?? fail();
        expect(disturbed).toEqual(plain);
        expect(plain.counts.generated).toBe(rows);
        expect(plain.ended?.outcome).toBe('completed');
      }),
    );
  });
});

function fail(): never {
  throw new Error('no state');
}

describe('a batch of which nothing came out', () => {
  it('fails where not one document was written', () => {
    const batch = new Drive();
    const [chunk] = batch.toGenerate(12).actions;
    const end = batch.done(chunk ?? '', { generated: 0, flagged: 0, failed: 12, skipped: 0, costMicros: 0 });
    expect(end).toMatchObject({ status: 'failed', ended: { outcome: 'failed' }, actions: [] });
  });

  it('fails where not one was rendered, and does not where people withheld them all', () => {
    for (const [result, status] of [
      [{ rendered: 0, failed: 2, withheld: 0 }, 'failed'],
      [{ rendered: 0, failed: 0, withheld: 2 }, 'completed'],
    ] as const) {
      const batch = new Drive();
      const [chunk] = batch.toGenerate(2).actions;
      batch.done(chunk ?? '', { generated: 2, flagged: 0, failed: 0, skipped: 0, costMicros: 0 });
      batch.done('render.0/1', result);
      expect(batch.done('deliver/1', { archiveKey: 'a.zip', files: 0, sizeBytes: 1 }).status).toBe(status);
    }
  });
});
