import type { Command } from 'commander';
import { CliError, say } from './output.ts';

/** `throughline migrate`: prepares the configured database before a new version starts; `npm start` does it by itself. */
export function registerMigrate(program: Command): void {
  program
    .command('migrate')
    .description('make the roles and run the migrations that DATABASE_URL still lacks')
    .action(async () => {
      const { ConfigError, readConfig } = await import('../platform/config.ts');
      const { prepareDatabase } = await import('../platform/db/bootstrap.ts');
      try {
        const applied = await prepareDatabase(readConfig());
        say(applied.length === 0 ? 'The database is up to date.' : `Applied: ${applied.join(', ')}`);
      } catch (error) {
        throw error instanceof ConfigError ? new CliError(error.message) : error;
      }
    });
}
