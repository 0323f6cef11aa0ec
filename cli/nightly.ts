import type { Command } from 'commander';

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
