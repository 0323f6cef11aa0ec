import type { Command } from 'commander';
import type { RunListOptions } from './runs/run-commands.ts';

/** `throughline runs list | show`. */
export function registerRuns(program: Command): void {
  const runs = program.command('runs').description('journey runs, enrollments and batches on the server');
  runs
    .command('list')
    .description('list runs, newest first')
    .option('--kind <kind>', 'journey, enrollment, batch or code')
    .option(
      '--status <status>',
      'starting, running, waiting, paused, completed, exited, failed, cancelled or terminated',
    )
    .option('--waiting-for <what>', 'person, time or event')
    .option('--contact <externalId>', 'of one contact')
    .option('--journey <slug>', 'of one journey')
    .option('--limit <number>', 'at most so many, up to 200', '50')
    .option('--json', 'print the answer as JSON')
    .action(async (options: RunListOptions) => {
      const { listRuns } = await import('./runs/run-commands.ts');
      await listRuns(options);
    });
  runs
    .command('show')
    .description('show a run with its timeline')
    .argument('<id>')
    .option('--json', 'print the answer as JSON')
    .action(async (id: string, options: { json?: true }) => {
      const { showRun } = await import('./runs/run-commands.ts');
      await showRun(id, options.json === true);
    });
}
