import type { Command } from 'commander';
import { wholeNumber } from './support/numbers.ts';
import type { EnterOptions } from './journeys/enter-people.ts';

/** `throughline enter SLUG`: many people into a journey. */
export function registerEnter(program: Command): void {
  program
    .command('enter')
    .description('let many people into a live journey; with --dry-run, say how many that would be')
    .argument('<slug>')
    .option('--file <csv>', 'those whose external ids stand in a CSV file, in the column externalId, else the first')
    .option(
      '--filter <attribute=value>',
      'those whose attribute has this value; may be given more than once',
      (text: string, given: string[]) => [...given, text],
      [],
    )
    .option('--all', 'everyone')
    .option('--rate <number>', 'so many a minute at most', wholeNumber(1, 1_000_000))
    .option('--execution <how>', 'pooled or dedicated, in place of what the journey says')
    .option('--reason <text>', 'why; it is kept in the audit log', 'by hand')
    .option('--dry-run', 'count alone')
    .action(async (slug: string, options: EnterOptions) => {
      const { enterPeople } = await import('./journeys/enter-people.ts');
      await enterPeople(slug, options);
    });
}
