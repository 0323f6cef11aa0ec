import type { Command } from 'commander';
import type { MoveOptions } from './journeys/move-people.ts';

/** `throughline journeys move | events`. */
export function registerJourneys(program: Command): void {
  const journeys = program.command('journeys').description('journeys on the server');
  journeys
    .command('move')
    .description('move people to a version who have not come to what it changes; without a reason, say who would move')
    .argument('<slug>')
    .argument('<version>')
    .option('--reason <text>', 'why; it is kept in the audit log')
    .action(async (slug: string, version: string, options: MoveOptions) => {
      const { movePeople } = await import('./journeys/move-people.ts');
      await movePeople(slug, Number(version), options);
    });
  journeys
    .command('events')
    .description('list the names of events of the last 30 days that no journey knows')
    .action(async () => {
      const { listUnknownEvents } = await import('./journeys/unknown-events.ts');
      await listUnknownEvents();
    });
}
