import pg from 'pg';
import { tlsFailure } from '../../tls/tls-failure.ts';
import { roleUrl, type DatabaseConfig } from './role-logins.ts';
import { databaseAddress } from './database-url.ts';

/** A start waits this long for an answer; a server that is slower counts as away. */
const probeMs = 5_000;

/** Connects once, outside of a pool. @throws Error that says what to do where the settings are at fault, else the driver's */
export async function connectOnce(url: string, options: pg.ClientConfig = {}): Promise<pg.Client> {
  const client = new pg.Client({ ...options, ...databaseAddress(url) });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    const reason = refusal(error);
    throw reason === null ? error : new Error(`Postgres cannot be used: ${reason}`, { cause: error });
  }
}

/** Why Postgres does not take this installation, and what to do about it; null where it does, or is away. Within five seconds. */
export async function databaseRefusal(config: DatabaseConfig): Promise<string | null> {
  try {
    const client = await connectOnce(roleUrl(config, 'tl_app'), { connectionTimeoutMillis: probeMs });
    await client.end();
    return null;
  } catch (error) {
    return error instanceof Error && error.cause !== undefined ? error.message : null;
  }
}

/** Makes a database on the server of `adminUrl` unless it exists. @returns the URL of it with the same login */
export async function ensureDatabase(adminUrl: string, name: string): Promise<string> {
  const admin = await connectOnce(adminUrl);
  try {
    const found = await admin.query('select 1 from pg_database where datname = $1', [name]);
    if (found.rowCount === 0) await admin.query(`create database ${pg.escapeIdentifier(name)}`);
  } finally {
    await admin.end();
  }
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return url.toString();
}

/** Whether the server takes the login of `url` and answers a query within two seconds. */
export async function isAnswering(url: string): Promise<boolean> {
  try {
    const client = await connectOnce(url, { connectionTimeoutMillis: 2_000 });
    try {
      await client.query('select 1');
      return true;
    } finally {
      await client.end();
    }
  } catch {
    return false;
  }
}

/** What the settings are at fault for, as the end of a sentence; null for an outage. */
function refusal(error: unknown): string | null {
  const reason = tlsFailure(error, { ca: 'sslrootcert of DATABASE_URL', cert: 'sslcert of DATABASE_URL' });
  if (reason !== null || !(error instanceof Error)) return reason;
  if (error.message === 'The server does not support SSL connections')
    return 'it speaks no TLS, and sslmode of DATABASE_URL asks for it';
  if (!(error instanceof pg.DatabaseError)) return null;
  switch (error.code) {
    case '28000':
      return /no encryption/.test(error.message)
        ? 'it takes this login over TLS alone: add sslmode=verify-full to DATABASE_URL'
        : `it refuses the login (${error.message})`;
    case '28P01':
      return 'it refuses the password: see DATABASE_URL, and run `throughline migrate` after a change of THROUGHLINE_KEY';
    case '3D000':
      return `${error.message}: see DATABASE_URL`;
    default:
      return null;
  }
}
