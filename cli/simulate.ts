import type { Command } from 'commander';
import type { SimulateOptions } from './simulate/run-simulate.ts';

/** `throughline simulate <journey>`: runs a journey on a virtual clock; nothing is sent. */
export function registerSimulate(program: Command): void {
  program
    .command('simulate')
    .description('run a journey on a virtual clock, with the interpreter that production uses; nothing is sent')
    .argument('<journey>', 'a file (needs no server), or the slug of a journey on the server')
    .option('--contact <file>', 'JSON with the facts of a contact')
    .option(
      '--events <file>',
      'JSON of what happens: a list of events, or { entry, events, decisions, answers, failures }',
    )
    .option('--at <instant>', 'the virtual now, ISO 8601 (default: now)')
    .option('--zone <zone>', 'time zone of a workspace, for files', 'UTC')
    .option('--json', 'print the result as JSON')
    .action(async (journey: string, options: SimulateOptions) => {
      const { runSimulate } = await import('./simulate/run-simulate.ts');
      process.exitCode = await runSimulate(journey, options);
    });
}
