import { writeFileSync } from 'node:fs';
import type { SerializedError } from 'vitest';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

/**
 * Writes the counts of a run to the file TL_TEST_REPORT, for `npm test`. A file that does not load, a hook that fails and an
 * error outside any test count as one failure each.
 */
export default class CountingReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
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

function nameOf(test: TestCase): string {
  return `${test.module.relativeModuleId} > ${test.fullName}`;
}

function suiteName(suite: TestModule | { fullName: string; module: TestModule }): string {
  return 'fullName' in suite ? `${suite.module.relativeModuleId} > ${suite.fullName}` : suite.relativeModuleId;
}
