import type { Command } from 'commander';
import { wholeNumber } from './support/numbers.ts';
import type { RetryFailedOptions } from './runs/retry-failed.ts';
import type { OperateOptions, RunListOptions } from './runs/run-commands.ts';

/** `throughline runs list | show`, and what takes up a run that failed. */
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
    .option('--limit <number>', 'at most so many, up to 200', wholeNumber(1, 200), 50)
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
  const mend = (name: string, about: string): Command =>
    runs
      .command(name)
      .description(about)
      .argument('<id>')
      .requiredOption('--reason <text>', 'why; it is kept in the audit log')
      .option('--json', 'print the answer as JSON');
  mend('retry', 'do the step at which a run failed once more; a terminated run goes on where it was')
    .option('--again', 'also where what the step does may have been done already')
    .action(async (id: string, { again, ...options }: OperateOptions & { again?: true }) => {
      const { operateRun } = await import('./runs/run-commands.ts');
      await operateRun(id, { kind: 'retry', ...(again ? { again } : {}) }, options);
    });
  mend('skip', 'leave the step at which a run failed out').action(async (id: string, options: OperateOptions) => {
    const { operateRun } = await import('./runs/run-commands.ts');
    await operateRun(id, { kind: 'skip' }, options);
  });
  mend('complete', 'go on as if the step at which a run failed had given an output')
    .requiredOption('--output <json>', 'the output, a JSON object')
    .action(async (id: string, { output, ...options }: OperateOptions & { output: string }) => {
      const { jsonOption, operateRun } = await import('./runs/run-commands.ts');
      await operateRun(id, { kind: 'complete', output: jsonOption('--output', output) }, options);
    });
  mend('rewind', 'take a run, also one that failed, back to one of its turns')
    .requiredOption('--turn <number>', 'the turn; 0 is the beginning', wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .action(async (id: string, { turn, ...options }: OperateOptions & { turn: number }) => {
      const { operateRun } = await import('./runs/run-commands.ts');
      await operateRun(id, { kind: 'rewind', turn }, options);
    });
  mend('restart', 'begin the journey of an ended run anew for the same person')
    .option('--properties <json>', 'the properties of the entry event; as before without it')
    .action(async (id: string, { properties, ...options }: OperateOptions & { properties?: string }) => {
      const { jsonOption, operateRun } = await import('./runs/run-commands.ts');
      const input = properties === undefined ? {} : { properties: jsonOption('--properties', properties) };
      await operateRun(id, { kind: 'restart', ...input }, options);
    });
  runs
    .command('retry-failed')
    .description('have the server retry the failed runs of journeys, each by itself')
    .requiredOption('--reason <text>', 'why; it is kept in the audit log')
    .option('--journey <slug>', 'of one journey')
    .action(async (options: RetryFailedOptions) => {
      const { retryFailed } = await import('./runs/retry-failed.ts');
      await retryFailed(options);
    });
}
