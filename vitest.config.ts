import { globSync, readFileSync } from 'node:fs';
import { configDefaults, defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import Sequencer from './test/support/sequencer.ts';

// The same examples of each property each time in CI; elsewhere new ones, unless the environment repeats those of an earlier run.
process.env['TL_PROPERTY_SEED'] ??= process.env['CI'] ? '20261129' : String(Date.now() % 1_000_000_000);

const stack = 'test/support/global-setup.ts';
const installation = 'test/support/installation-setup.ts';
const browser = 'test/support/browser-setup.ts';

const ignored = ['**/node_modules/**', 'dist/**', '.throughline/**'];
// What is too long for every day runs when a part of the nightly tests calls it.
const nightly = process.env['TL_NIGHTLY'] ? [] : ['**/*.nightly.test.ts'];
const files = globSync('**/*.test.ts', { exclude: [...ignored, ...nightly] });

/** Rooms whose tests start no process, unless a file imports what needs Postgres, Temporal or a process of its own. */
const quietRooms = /^(contracts|domain|sdk|dashboard|platform|activities|api|test\/(checks|house|real))\//;
const needsServers =
  /support\/(database|use-owned-database|temporal-address|use-installation|use-test-api|api|engine|worker)\.ts'|model\/clock\.ts'|render-pool|\/work-through\.ts|@temporalio\/worker/;

/** The project of a test file: where it lies says what it needs, and for the quiet rooms what it imports. */
function projectOf(file: string): 'pure' | 'server' | 'browser' | 'chaos' {
  if (/^test\/(dashboard|browser)\//.test(file)) return 'browser';
  if (file.startsWith('test/chaos/')) return 'chaos';
  return quietRooms.test(file) && !needsServers.test(readFileSync(file, 'utf8')) ? 'pure' : 'server';
}

function project(
  name: ReturnType<typeof projectOf>,
  groupOrder: number,
  test: TestProjectInlineConfiguration['test'],
): TestProjectInlineConfiguration {
  const include = files.filter((file) => projectOf(file) === name);
  return { extends: true, test: { name, include, sequence: { groupOrder }, ...test } };
}

export default defineConfig({
  test: {
    exclude: [...configDefaults.exclude, ...ignored],
    // Files wait for servers and pages for a part of their time: four keep two cores busy.
    maxWorkers: 4,
    sequence: { sequencer: Sequencer },
    // What is waited for comes as late as a busy machine makes it; a test ends when it has seen it.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    projects: [
      // First what starts nothing; then all others as one, so that no core waits for the end of a project (test/support/sequencer.ts).
      // They wait for little, and each worker loads all that they need.
      project('pure', 0, { pool: 'threads', isolate: false, maxWorkers: 3 }),
      project('server', 1, { pool: 'forks', isolate: false, globalSetup: [stack, installation] }),
      project('browser', 1, { pool: 'forks', isolate: false, globalSetup: [stack, installation, browser] }),
      project('chaos', 1, { pool: 'forks', globalSetup: [stack] }),
    ],
  },
});
