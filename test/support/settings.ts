/**
 * How much the tests do, as the environment says; this is the one place that reads it. Without a setting it is what `npm test` does;
 * `npm run test:nightly -- PART` sets more (docs/nightly.md).
 */
export const settings = {
  /** TL_SEED: repeats the moments of an earlier storm; else they are drawn again. */
  stormSeed: wholeNumber('TL_SEED', Math.floor(Math.random() * 1_000_000)),
  /** TL_PROPERTY_RUNS: the examples that each property is tried with. */
  propertyRuns: wholeNumber('TL_PROPERTY_RUNS', 100),
  /** TL_PROPERTY_SEED: what they are drawn from; vitest.config.ts chooses it where the environment does not. */
  propertySeed: wholeNumber('TL_PROPERTY_SEED', 0),
  /** TL_OUTAGE_MS, TL_OUTAGE_SERVICES: how long each of these services is unavailable, one after the other. */
  outageMs: wholeNumber('TL_OUTAGE_MS', 10_000),
  outageServices: (
    process.env['TL_OUTAGE_SERVICES'] ?? 'llm,smtp,crm,payment,temporal,postgres,objects,disk,postgresDisk,worker,clock'
  ).split(','),
  /** TL_FAKETIME: the library `libfaketimeMT.so.1`, by which a worker gets a clock that jumps; without it that is not tried. */
  faketime: process.env['TL_FAKETIME'] ?? '',
  /** TL_STORM=long: what is killed and what works meanwhile, and how long all of it may take to end. */
  storm:
    process.env['TL_STORM'] === 'long'
      ? { rounds: 5, killsARound: 7, journeys: 160, learners: 40, documents: 2_000, window: 10, withinMs: 900_000 }
      : { rounds: 1, killsARound: 5, journeys: 16, learners: 8, documents: 60, window: 4, withinMs: 200_000 },
  /**
   * TL_DRAIN=long: the documents of a batch that continues as new again and again, how long all of it may take, and whether a run that waits
   * for months has the history that the product allows.
   */
  drain:
    process.env['TL_DRAIN'] === 'long'
      ? { documents: 20_000, withinMs: 3_000_000, isHistoryWhole: true }
      : { documents: 500, withinMs: 300_000, isHistoryWhole: false },
  /** TL_AXE=full: axe looks at every page in every view with all of its rules, else in full once a page. */
  isAxeFull: process.env['TL_AXE'] === 'full',
  /** TL_LISTS=long: the lists that a browser scrolls through are as long as in a large workspace. */
  areListsLong: process.env['TL_LISTS'] === 'long',
  /** TL_TOURS=all: every tour through the dashboard goes with a mouse, on a phone and by keyboard. */
  doToursGoAllWays: process.env['TL_TOURS'] === 'all',
  /** TL_SERVICES=real: what is built or taken from a registry stands beside our own doubles of services. */
  areServicesReal: process.env['TL_SERVICES'] === 'real',
} as const;

function wholeNumber(name: string, usual: number): number {
  const text = process.env[name];
  if (text === undefined) return usual;
  if (!/^\d+$/.test(text)) throw new Error(`${name} must be a whole number, not "${text}"`);
  return Number(text);
}
