import type { Command } from 'commander';
import type { CheckEnrollmentsOptions } from './enrollments/check-enrollments.ts';
import type { CheckMoneyOptions } from './money/check-money.ts';
import { say } from './support/output.ts';

// The commands of work on Throughline itself; `npm test` and its sisters call them.

/** `throughline test [vitest arguments]`, which is `npm test`. */
export function registerTest(program: Command): void {
  program
    .command('test')
    .description('run the tests; arguments go to Vitest (a file, -t name)')
    .argument('[args...]')
    .allowUnknownOption()
    .passThroughOptions()
    .action(async (args: string[]) => {
      const { runTests } = await import('./test/run-tests.ts');
      process.exitCode = await runTests(args);
    });
}

/** `throughline nightly <part>`, which is `npm run test:nightly -- <part>`. */
export function registerNightly(program: Command): void {
  program
    .command('nightly')
    .description('run a part of the tests that is too long for every day; without one, list the parts')
    .argument('[part]')
    .action(async (part: string | undefined) => {
      const { runNightly } = await import('./nightly/run-nightly.ts');
      process.exitCode = await runNightly(part);
    });
}

/** `throughline check`, which is `npm run check`, and `throughline check money | enrollments` of an installation. */
export function registerCheck(program: Command): void {
  const check = program.command('check');
  check.description('format, lint, types, arrows between folders, unused code').action(async () => {
    const { runChecks } = await import('./check/run-checks.ts');
    process.exitCode = await runChecks();
  });
  check
    .command('money')
    .description(
      'add up what came, went and stands in each currency, and compare books, enrollments and payment service; for the operator',
    )
    .option('--workspace <slug>', 'of one workspace')
    .option('--no-service', 'do not ask the payment service')
    .option('--json', 'print the answer as JSON')
    .action(async (options: CheckMoneyOptions) => {
      const { checkMoney } = await import('./money/check-money.ts');
      await checkMoney(options);
    });
  check
    .command('enrollments')
    .description('find seats, links and access of enrollments whose run was ended without them; for the operator')
    .option('--workspace <slug>', 'of one workspace')
    .option('--repair', 'let those enrollments go on where they were, by their own rules')
    .option('--json', 'print the answer as JSON')
    .action(async (options: CheckEnrollmentsOptions) => {
      const { checkEnrollments } = await import('./enrollments/check-enrollments.ts');
      await checkEnrollments(options);
    });
}

/** `throughline build`: the launcher has built already when a command runs, so this one only says so. */
export function registerBuild(program: Command): void {
  program
    .command('build')
    .description('install and build what is missing')
    .action(() => say('dist/ is up to date.'));
}

/** `throughline bench <name>`, which is `npm run bench -- <name>`. */
export function registerBench(program: Command): void {
  program
    .command('bench')
    .description('measure on real servers; the names are the files test/bench/<name>.bench.ts')
    .argument('<name>')
    .argument('[args...]', 'handed to the bench')
    .allowUnknownOption()
    .passThroughOptions()
    .action(async (name: string, args: string[]) => {
      const { runBench } = await import('./bench/run-bench.ts');
      process.exitCode = await runBench(name, args);
    });
}
