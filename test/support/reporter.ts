import { writeFileSync } from 'node:fs';
import type { SerializedError } from 'vitest';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** How many of the slowest files are named. */
const named = 10;

/**
 * Names the seed of the property tests, and at the end each project's time and the slowest files. Writes the counts of the run to the
 * file TL_TEST_REPORT, for `npm test`: a file that does not load, a hook that fails and an error outside any test count as one failure
 * each.
 */
export default class CountingReporter implements Reporter {
  onTestRunStart(): void {
    console.log(`property tests: seed ${process.env['TL_PROPERTY_SEED'] ?? 'unset'}`);
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    for (const line of timesOf(modules)) console.log(line);
    const path = process.env['TL_TEST_REPORT'];
    if (!path) return;
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const inState = (state: string): TestCase[] => tests.filter((test) => test.result().state === state);
    const suites = modules.flatMap((module) => [module, ...module.children.allSuites()]);
    const failures = [
      ...inState('failed').map(nameOf),
      ...suites.filter((suite) => suite.errors().length > 0).map((suite) => `${suiteName(suite)} (outside its tests)`),
      ...errors.map((error) => `outside any test: ${error.message}`),
    ];
    const skipped = [...inState('skipped'), ...inState('pending')].map((test) => {
      const result = test.result();
      return { name: nameOf(test), reason: (result.state === 'skipped' && result.note) || 'no reason given' };
    });
    writeFileSync(
      path,
      JSON.stringify({ passed: inState('passed').length, failed: failures.length, skipped, failures }),
    );
  }
}

/** The time that the files of each project took, added up (several run at once), and that of the slowest files. */
function timesOf(modules: readonly TestModule[]): string[] {
  const timed = modules.map((module) => ({
    project: module.project.name,
    file: module.relativeModuleId,
    seconds: secondsOf(module),
  }));
  const projects = new Map<string, number>();
  for (const { project, seconds } of timed) projects.set(project, (projects.get(project) ?? 0) + seconds);
  const slowest = timed.toSorted((a, b) => b.seconds - a.seconds).slice(0, named);
  return [
    `time of the files: ${[...projects].map(([name, seconds]) => `${name} ${seconds.toFixed(0)} s`).join(', ')}`,
    ...slowest.map(({ file, seconds }) => `  ${seconds.toFixed(1).padStart(6)} s  ${file}`),
  ];
}

function secondsOf(module: TestModule): number {
  const { collectDuration, setupDuration, prepareDuration, environmentSetupDuration, duration } = module.diagnostic();
  return (collectDuration + setupDuration + prepareDuration + environmentSetupDuration + duration) / 1_000;
}

function nameOf(test: TestCase): string {
  return `${test.module.relativeModuleId} > ${test.fullName}`;
}

function suiteName(suite: TestModule | { fullName: string; module: TestModule }): string {
  return 'fullName' in suite ? `${suite.module.relativeModuleId} > ${suite.fullName}` : suite.relativeModuleId;
}
