import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/root.ts';

/** One call of the tests: files, or folders of them, with what `test/support/settings.ts` reads. */
export type Step = { files: string[]; env: Record<string, string> };

/** What calls of the tests came to. */
export type Count = { passed: number; failed: number };

/**
 * A part of the nightly tests, made to end within an hour on two cores. `steps` are its calls, given a seed from which what is drawn by
 * chance follows; null for the planted bugs, which are calls of another kind (`run-mutants.ts`).
 */
export type Part = { name: string; what: string; steps: ((seed: number) => Step[]) | null };

/** How many storms, each with a seed of its own. */
const storms = 3;

/** All parts, in the order in which they are listed. */
export const parts: readonly Part[] = [
  {
    name: 'storms',
    what: `${storms} long storms with a seed each: 160 journeys, 40 learners and 2,000 documents under 35 kills`,
    steps: (seed) =>
      Array.from({ length: storms }, (_, index) => ({
        files: ['test/chaos/storm.test.ts'],
        env: { TL_STORM: 'long', TL_SEED: String(seed + index) },
      })),
  },
  {
    name: 'outages',
    what: 'each service unavailable for 60 s in the middle of work; 200 runs under an outage of Postgres of 62 s',
    steps: () => [outage(60), { files: ['test/chaos/outage.nightly.test.ts'], env: {} }],
  },
  {
    name: 'out-of-time',
    what: 'Temporal, Postgres and the mail server away for longer than people have time for an answer',
    steps: () => [{ files: ['test/chaos/long-outages.nightly.test.ts'], env: {} }],
  },
  {
    name: 'away-outside',
    what: 'the models, the mail server, the CRM and the payment service unavailable for ten minutes each',
    steps: () => [outage(600, 'llm,smtp,crm,payment')],
  },
  {
    name: 'away-inside',
    what: 'Temporal, Postgres, the object store and the disks unavailable for ten minutes each, a worker frozen, and its clock wrong',
    steps: () => [outage(600, 'temporal,postgres,objects,disk,postgresDisk,worker,clock')],
  },
  {
    name: 'drains',
    what: '20,000 documents in one run that continues as new again and again; the model is asked once for each; a year of waits',
    steps: () => [
      { files: ['test/e2e/drain.test.ts', 'test/time-skipping/run-loop.test.ts'], env: { TL_DRAIN: 'long' } },
    ],
  },
  {
    name: 'models',
    what: '200 documents and a journey with each kind of model server that test/real plays and with aimock; six and one with a real small model',
    steps: () => [
      {
        files: ['models', 'aimock', 'local-model'].map((name) => `test/real/${name}.nightly.test.ts`),
        env: {},
      },
    ],
  },
  {
    name: 'properties',
    what: 'each property with 1,000 cases of one seed',
    steps: (seed) => [{ files: propertyTests(), env: { TL_PROPERTY_RUNS: '1000', TL_PROPERTY_SEED: String(seed) } }],
  },
  {
    name: 'histories-journeys',
    what: '20,000 random histories of journeys on the engine, three in four of them in pools, against a model in plain code',
    steps: (seed) => [
      {
        files: ['test/model/journeys.test.ts', 'test/model/journeys.nightly.test.ts'],
        env: { TL_PROPERTY_RUNS: '5000', TL_PROPERTY_SEED: String(seed) },
      },
    ],
  },
  {
    name: 'histories-enrollments',
    what: '10,000 random histories of enrollments on the engine, against a model in plain code',
    steps: (seed) => [
      {
        files: ['test/model/enrollments.test.ts', 'test/model/enrollments.nightly.test.ts'],
        env: { TL_PROPERTY_RUNS: '5000', TL_PROPERTY_SEED: String(seed) },
      },
    ],
  },
  {
    name: 'axe',
    what: 'every state of every page through axe',
    steps: () => [
      { files: ['test/dashboard', 'test/browser'], env: { TL_AXE: 'full', TL_LISTS: 'long', TL_TOURS: 'all' } },
    ],
  },
  {
    name: 'services',
    what: 'object stores and batches against an S3 server from crates.io, which cargo builds the first time, mail by way of Postfix and Dovecot, and the OpenAPI document by redocly and spectral',
    steps: () => [
      {
        files: [
          'platform/objects',
          'test/e2e/batch.test.ts',
          'worker/mail-postfix.nightly.test.ts',
          'worker/mailbox-dovecot.nightly.test.ts',
          'test/api/openapi-lint.nightly.test.ts',
        ],
        env: { TL_SERVICES: 'real' },
      },
    ],
  },
  {
    name: 'additions',
    what: 'the additions that docs/extending.md shows, made in a copy of the sources; the compiler takes all of them',
    steps: () => [{ files: ['test/house/additions.nightly.test.ts'], env: {} }],
  },
  {
    name: 'mutants',
    what: 'bugs planted one at a time in a copy of the sources; the tests named for each must fail',
    steps: null,
  },
];

function outage(seconds: number, services?: string): Step {
  const which = services === undefined ? {} : { TL_OUTAGE_SERVICES: services };
  return { files: ['test/chaos/outages.nightly.test.ts'], env: { TL_OUTAGE_MS: `${seconds * 1_000}`, ...which } };
}

function propertyTests(): string[] {
  const isForeign = (name: string): boolean => name === 'node_modules' || name === 'dist' || name.startsWith('.');
  return (
    globSync('**/*.test.ts', { cwd: root, exclude: isForeign })
      // The histories have parts of their own.
      .filter(
        (file) =>
          !file.startsWith('test/model/') && readFileSync(join(root, file), 'utf8').includes("from 'fast-check'"),
      )
      .sort()
  );
}
