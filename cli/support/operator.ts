import { readConfig, type Config } from '../../platform/config.ts';
import { createDb, type Db } from '../../platform/db/core/pool.ts';
import type { Role } from '../../platform/db/core/role-logins.ts';
import { masterKey } from '../up/settings.ts';
import { readLocalServer } from './connection.ts';
import { homeFolder } from './root.ts';

/** The settings of the installation that an operator works on: those of the environment, else of the local stack that `npm start` has left. @throws ConfigError */
export function operatorConfig(): Config {
  const local = readLocalServer();
  if (process.env['DATABASE_URL'] || local?.databaseUrl === undefined) return readConfig();
  return readConfig({
    ...process.env,
    DATABASE_URL: local.databaseUrl,
    THROUGHLINE_KEY: masterKey(homeFolder()),
    PUBLIC_URL: process.env['PUBLIC_URL'] ?? local.url,
  });
}

/** Does `work` with the operator's settings and the database under `role`. */
export async function asOperator(role: Role, work: (db: Db, config: Config) => Promise<void>): Promise<void> {
  const config = operatorConfig();
  const db = createDb(config, role, 1);
  try {
    await work(db, config);
  } finally {
    await db.destroy();
  }
}
