import type { Command } from 'commander';

/** `throughline check`, which is `npm run check`. */
export function registerCheck(program: Command): void {
  program
    .command('check')
    .description('format, lint, types, arrows between folders, unused code')
    .action(async () => {
      const { runChecks } = await import('./check/run-checks.ts');
      process.exitCode = await runChecks();
    });
}
