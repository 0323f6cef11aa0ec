import type { Command } from 'commander';

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
