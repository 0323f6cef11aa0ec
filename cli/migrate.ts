import type { Command } from 'commander';
import { note, say } from './support/output.ts';

/** `throughline migrate`: what a deployment runs before its processes start. */
export function registerMigrate(program: Command): void {
  program
    .command('migrate')
    .description(
      'bring the database of DATABASE_URL to this version; prints the setup link until there is an administrator',
    )
    .action(async () => {
      const { databaseShape, readSettings } = await import('../platform/config.ts');
      const { prepareDatabase } = await import('../platform/db/migrations/bootstrap.ts');
      const { createDb } = await import('../platform/db/core/pool.ts');
      const { createSetupLink } = await import('../platform/db/access/provisioning.ts');
      const config = readSettings(databaseShape);
      const applied = await prepareDatabase(config, { tell: note });
      note(applied.length === 0 ? 'The database is up to date.' : `Applied: ${applied.join(', ')}`);
      const owner = createDb(config, 'tl_owner', 1);
      try {
        const token = await createSetupLink(owner);
        if (token !== null) say(`Make the first administrator, within an hour: ${config.PUBLIC_URL}/setup/${token}`);
      } finally {
        await owner.destroy();
      }
    });
}
