import { setTimeout as sleep } from 'node:timers/promises';
import type { House, Victim } from '../support/house.ts';
import { settings } from '../support/settings.ts';

/** What is killed in one round, at random moments: the worker three times and the servers once each, and at night the worker again. */
const victims = (['worker', 'postgres', 'worker', 'temporal', 'worker', 'worker', 'worker'] satisfies Victim[]).slice(
  0,
  settings.storm.killsARound,
);
/** Between two kills: long enough for a worker to be back in the middle of its work, short enough to hit it there. */
const pauseMs = { least: 1_500, most: 5_000 };

/** The seed of a crash test, printed before anything happens: TL_SEED repeats the moments of an earlier run. */
export function chaosSeed(): number {
  console.log(`TL_SEED=${settings.stormSeed}`);
  return settings.stormSeed;
}

/** Numbers from 0 to 1 that a seed repeats (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Kills parts of the house, round after round, at the moments that `random` says. @returns how many kills there were */
export async function storm(house: House, random: () => number): Promise<number> {
  for (let round = 0; round < settings.storm.rounds; round += 1) {
    for (const victim of victims) {
      await sleep(pauseMs.least + random() * (pauseMs.most - pauseMs.least));
      await house.kill(victim);
    }
  }
  return settings.storm.rounds * victims.length;
}

/** Between two looks, in milliseconds. */
const pause = 200;

/**
 * Repeats `act` until it reports that all is done, through any failure: as people and scripts do while servers come and go.
 * @throws Error after `withinMs` in which a machine with nothing else to do looks as often; a busy one makes looks longer, and so the wait
 */
export async function untilDone(what: string, act: () => Promise<boolean>, withinMs: number): Promise<void> {
  const end = Date.now() + withinMs;
  let last: unknown = null;
  for (let looks = 0; Date.now() < end || looks < withinMs / (2 * pause); looks += 1) {
    const isDone = await act().catch((error: unknown) => {
      last = error;
      return false;
    });
    if (isDone) return;
    await sleep(pause);
  }
  throw new Error(`Not within ${withinMs / 1_000} s: ${what}`, { cause: last });
}
