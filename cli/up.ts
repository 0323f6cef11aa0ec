import type { Command } from 'commander';
import { wholeNumber } from './support/numbers.ts';

/** `throughline up`, which is `npm start`. */
export function registerUp(program: Command): void {
  program
    .command('up')
    .description('start everything on this machine and run the examples')
    .option('--once', 'stop everything after the examples; exit 0 only if all ended as they should')
    .option('--no-demo', 'start without the examples')
    .option('--port <port>', 'port of the server (4400, or the one it had last time)', wholeNumber(1, 65_535))
    .option('--reset', 'delete all local data first (asks)')
    .option('--yes', 'do not ask')
    .option('--logs', 'show the logs of all programs as they come')
    .action(async (options: { once?: true; demo: boolean; port?: number; reset?: true; yes?: true; logs?: true }) => {
      const { runUp } = await import('./up/run-up.ts');
      await runUp({
        isOnce: options.once === true,
        hasDemo: options.demo,
        port: options.port ?? null,
        isReset: options.reset === true,
        isSure: options.yes === true,
        showsLogs: options.logs === true,
      });
    });
}
