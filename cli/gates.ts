import type { Command } from 'commander';
import { wholeNumber } from './support/numbers.ts';

/** `throughline gates list | decide`. */
export function registerGates(program: Command): void {
  const gates = program.command('gates').description('approvals that runs wait for');
  gates
    .command('list')
    .description('list approvals, newest first')
    .option('--status <status>', 'open, decided, expired or withdrawn', 'open')
    .option('--limit <number>', 'at most so many, up to 200', wholeNumber(1, 200), 50)
    .option('--json', 'print the answer as JSON')
    .action(async (options: { status: string; limit: number; json?: true }) => {
      const { listGates } = await import('./gates/gate-commands.ts');
      await listGates(options);
    });
  gates
    .command('decide')
    .description('decide an approval, as it is now')
    .argument('<id>')
    .argument('<outcome>')
    .option('--comment <text>', 'why; some outcomes ask for it')
    .option('--field <name=number...>', 'a number that the outcome asks for, such as refundMinor=5000')
    .option('--json', 'print the answer as JSON')
    .action(async (id: string, outcome: string, options: { comment?: string; field?: string[]; json?: true }) => {
      const { decideGate } = await import('./gates/gate-commands.ts');
      await decideGate(id, outcome, options);
    });
}
