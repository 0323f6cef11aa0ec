import pg from 'pg';
import { rolePassword, type Config } from '../../config.ts';
import { databaseAddress, type DatabaseAddress } from './database-url.ts';
import { type KeyConfig, masterKeys } from '../../keys/master-keys.ts';

/** The login roles: `tl_app` does what requests and activities do, `tl_system` what has no workspace of its own. */
export type Role = 'tl_owner' | 'tl_app' | 'tl_system';
/** All of them. */
export const loginRoles: readonly Role[] = ['tl_owner', 'tl_app', 'tl_system'];

/** What says where the database is and how its roles log in. */
export type DatabaseConfig = Pick<Config, 'DATABASE_URL'> & KeyConfig;

/** The connection string of `role`: the configured server and database with the password that the current key gives. */
export function roleUrl(config: DatabaseConfig, role: Role): string {
  return urlOf(config, role, passwordsOf(config, role)[0] ?? '');
}

/**
 * A client that logs in as `role` within `connectMs`: the pool's own limit would count the time in its queue too. Each reads the files of
 * the address anew, so certificates may be renewed while the process lives; until a new one can be read, the one before it counts. With one key it has that key's password. While there are several, the roles may
 * have the password of each (`throughline keys rotate` gives them the current one, at any time), so each login asks which it is.
 */
export function clientOf(config: DatabaseConfig, role: Role, connectMs: number): new () => pg.ClientBase {
  const hasOneKey = passwordsOf(config, role).length === 1;
  const url = roleUrl(config, role);
  let address = databaseAddress(url);
  const latest = (): DatabaseAddress => {
    try {
      address = databaseAddress(url);
    } catch {
      // Half of a file that is being replaced.
    }
    return address;
  };
  return class extends pg.Client {
    constructor(options?: pg.ClientConfig) {
      super({ ...options, ...latest(), connectionTimeoutMillis: connectMs });
      // A login that comes with the address wins over `options.password`, an empty one too.
      if (!hasOneKey) Object.assign(this, { password: async () => (await passwordOf(config, role)) ?? '' });
    }
  };
}

/** The password with which `role` logs in now, the first of the keys' that the server takes; null where it takes none. */
export async function passwordOf(config: DatabaseConfig, role: Role): Promise<string | null> {
  for (const password of passwordsOf(config, role)) if (await isTaken(urlOf(config, role, password))) return password;
  return null;
}

function passwordsOf(config: KeyConfig, role: Role): string[] {
  return masterKeys(config).all.map(({ text }) => rolePassword(text, role));
}

function urlOf(config: DatabaseConfig, role: Role, password: string): string {
  const url = new URL(config.DATABASE_URL);
  url.username = role;
  url.password = password;
  return url.toString();
}

/** What Postgres says to a wrong password, and to a role that it does not know. */
const refusals = new Set(['28P01', '28000']);

/** @throws what keeps the server from saying yes or no */
async function isTaken(url: string): Promise<boolean> {
  const client = new pg.Client({ ...databaseAddress(url), connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch (error) {
    if (error instanceof pg.DatabaseError && refusals.has(error.code ?? '')) return false;
    throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}
