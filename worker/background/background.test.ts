import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kysely } from '../../platform/db/core/kysely.ts';
import { notePasses } from '../../platform/db/runs/watermarks.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { reportLate } from './task-watch.ts';
import { createLogger } from '../../platform/log.ts';
import { createPaymentKeyTask } from './payment-key.ts';
import { startBackground, type Task } from './background.ts';

const log = createLogger({ name: 'test', level: 'silent' });
const hang = (): Promise<never> => new Promise(() => undefined);

describe('work that comes through nowhere', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.stop());

  it('is one incident in each workspace until it does again, in whatever process (pg-boss #275, laravel #59517)', async () => {
    const { system } = database;
    const incidents = () => kysely(system).selectFrom('incident').select(['kind', 'state', 'message']).execute();
    const names = ['reconciler', 'never-begun', 'turns'];
    await notePasses(system, ['reconciler', 'turns', 'of-another-build']);
    await sql`update watermark set value = (now() - interval '21 minutes')::text where name in ('task.turns', 'task.of-another-build')`.execute(
      kysely(system),
    );
    await reportLate(system, names);
    await reportLate(system, names);
    expect(await incidents()).toEqual([
      { kind: 'task.late', state: 'open', message: expect.stringContaining('stands still: turns.') },
    ]);
    await notePasses(system, ['turns']);
    await reportLate(system, names);
    expect(await incidents()).toMatchObject([{ state: 'resolved' }]);
  });
});

describe('the key of payments', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.stop());

  it('that is refused is an incident in each workspace until it is taken, looked at again meanwhile', async () => {
    const { system } = database;
    const answers = ['Stripe refuses the key.', 'Stripe refuses the key.', null];
    let asked = 0;
    const paymentKeyRefusal = () => Promise.resolve(answers[asked++] ?? null);
    const look = createPaymentKeyTask({ db: system, paymentKeyRefusal, log });
    const incidents = () => kysely(system).selectFrom('incident').select(['kind', 'state', 'message']).execute();
    const shown = { kind: 'payment.keyRefused', message: 'Stripe refuses the key.' };
    await look();
    await look();
    expect(await incidents()).toEqual([{ ...shown, state: 'open' }]);
    await look();
    expect(await incidents()).toEqual([{ ...shown, state: 'resolved' }]);
    await look();
    expect(asked).toBe(3);
  });
});

describe('work that repeats', () => {
  it('goes on after a pass that hangs, and says which have come through (pg-boss #275, bullmq #4479)', async () => {
    const signals: AbortSignal[] = [];
    const task: Task = {
      name: 'moody',
      everyMs: 0,
      run: (signal) => (signals.push(signal) === 1 ? hang() : Promise.resolve()),
    };
    const passed = Promise.withResolvers<string>();
    const background = startBackground([task], log, { passed: passed.resolve, patience: { passMs: 20, stopMs: 20 } });
    expect(await passed.promise).toBe('moody');
    expect(signals[0]?.aborted).toBe(true);
    await background.stop();
  });

  it('ends though a pass hangs', async () => {
    const began = Promise.withResolvers<void>();
    const task: Task = { name: 'deaf', everyMs: 0, run: () => (began.resolve(), hang()) };
    const background = startBackground([task], log, { patience: { passMs: 60_000, stopMs: 20 } });
    await began.promise;
    await expect(background.stop()).resolves.toBeUndefined();
  });

  it('lets the pass that is under way come through', async () => {
    const began = Promise.withResolvers<void>();
    const passes: string[] = [];
    const task: Task = {
      name: 'careful',
      everyMs: 0,
      run: async (signal) => {
        began.resolve();
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      },
    };
    const background = startBackground([task], log, { passed: (name) => passes.push(name) });
    await began.promise;
    await background.stop();
    expect(passes).toEqual(['careful']);
  });
});
