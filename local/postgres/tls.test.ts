import { chownSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPool } from '../../platform/db/core/connections.ts';
import type { DatabaseConfig } from '../../platform/db/core/role-logins.ts';
import { patience } from '../../platform/db/core/pool.ts';
import { connectOnce, databaseRefusal } from '../../platform/db/core/server.ts';
import { prepareDatabase } from '../../platform/db/migrations/bootstrap.ts';
import { createAuthority, type Certificate } from '../../test/support/certificates.ts';
import { cloneTemplate, TEST_KEY, testAdminUrl } from '../../test/support/database.ts';
import { eventually } from '../../test/support/eventually.ts';

const [authority, other] = [createAuthority(), createAuthority('Another authority')];
const [ours, theirs] = [authority.issue('us'), other.issue('us')];

/** TLS is turned on in the server that the tests share, and demanded for two databases of this test alone. */
describe('Postgres with TLS alone', () => {
  let admin: pg.Client;
  let data: string;
  let rules: string;
  let config: DatabaseConfig;
  let mutual: string;
  const trusted = { sslmode: 'verify-full', sslrootcert: authority.certPem };

  beforeAll(async () => {
    admin = await connectOnce(testAdminUrl());
    data = (await admin.query<{ data_directory: string }>('show data_directory')).rows[0]?.data_directory ?? '';
    const house = await cloneTemplate(testAdminUrl());
    mutual = `${nameOf(house)}_mutual`;
    await admin.query(`create database ${mutual}`);
    config = { DATABASE_URL: withTls(house, trusted), THROUGHLINE_KEY: TEST_KEY };
    rules = readFileSync(join(data, 'pg_hba.conf'), 'utf8');
    const own = [
      `hostnossl ${nameOf(house)},${mutual} all all reject`,
      `hostssl ${mutual} all all scram-sha-256 clientcert=verify-ca`,
    ];
    write('pg_hba.conf', [...own, rules].join('\n'));
    write('ca.crt', authority.certPem);
    await serve(authority.issue('127.0.0.1'));
    await admin.query(`alter system set ssl_ca_file = 'ca.crt'`);
    await admin.query('alter system set ssl = on');
    await admin.query('select pg_reload_conf()');
    // The server takes up the new settings by a signal, in its own time.
    await eventually('it demands TLS', async () => (await connected({})).includes('over TLS alone'));
    await eventually('it speaks TLS', async () => (await connected(trusted)) === 'verified');
  });
  afterAll(async () => {
    write('pg_hba.conf', rules);
    await admin.query('alter system reset ssl');
    await admin.query('alter system reset ssl_ca_file');
    await admin.query('select pg_reload_conf()');
    for (const name of [mutual, nameOf(config.DATABASE_URL)]) await admin.query(`drop database ${name} with (force)`);
    await admin.end();
  });

  function write(name: string, content: string): void {
    const { uid, gid } = statSync(data);
    const path = join(data, name);
    writeFileSync(path, content, { mode: 0o600 });
    chownSync(path, uid, gid);
  }
  async function serve(certificate: Certificate): Promise<void> {
    write('server.crt', certificate.certPem);
    write('server.key', certificate.keyPem);
    await admin.query('select pg_reload_conf()');
  }
  /** Whether a connection is had, and its TLS seen by the server; else why not. */
  async function connected({ database, host, ...tls }: Record<string, string>): Promise<string> {
    const url = new URL(withTls(testAdminUrl(), tls));
    url.pathname = database === 'MUTUAL' ? mutual : (database ?? nameOf(config.DATABASE_URL));
    url.hostname = host ?? '127.0.0.1';
    try {
      const client = await connectOnce(url.toString());
      const { rows } = await client.query('select ssl from pg_stat_ssl where pid = pg_backend_pid()');
      await client.end();
      return rows[0]?.ssl === true ? 'verified' : 'plain';
    } catch (error) {
      return (error as Error).message;
    }
  }

  it('is migrated, and then used by every role, over TLS', async () => {
    expect(await prepareDatabase(config)).toEqual([]);
    expect(await databaseRefusal(config)).toBeNull();
    for (const role of ['tl_owner', 'tl_app', 'tl_system'] as const) {
      const pool = createPool(config, role, 1, patience.activity);
      const { rows } = await pool.query('select ssl, version from pg_stat_ssl where pid = pg_backend_pid()');
      expect(rows).toEqual([{ ssl: true, version: 'TLSv1.3' }]);
      await pool.end();
    }
  });

  it.each([
    [{ sslmode: 'require' }, 'verified'],
    [{ sslmode: 'require', sslrootcert: other.certPem }, /name its authority in sslrootcert of DATABASE_URL$/],
    [{ sslmode: 'verify-ca', sslrootcert: authority.certPem, host: 'localhost' }, 'verified'],
    [{ ...trusted, host: 'localhost' }, /its certificate has another name/],
    [{ sslmode: 'verify-full' }, /name its authority in sslrootcert of DATABASE_URL$/],
    [{}, /over TLS alone: add sslmode=verify-full to DATABASE_URL$/],
    [{ sslmode: 'disable' }, /over TLS alone/],
    [{ ...trusted, database: 'nowhere' }, /"nowhere" does not exist: see DATABASE_URL$/],
    [{ ...trusted, database: 'MUTUAL' }, /refuses the login \(connection requires a valid client certificate\)$/],
    [{ ...trusted, database: 'MUTUAL', sslcert: ours.certPem, sslkey: ours.keyPem }, 'verified'],
    [{ ...trusted, database: 'MUTUAL', sslcert: theirs.certPem, sslkey: theirs.keyPem }, /unknown ca\): see sslcert/],
  ])('%#: with %o it is reached, or says what is wrong', async (parameters, outcome) => {
    expect(await connected(parameters)).toEqual(typeof outcome === 'string' ? outcome : expect.stringMatching(outcome));
  });

  it('says what to do about a wrong password', async () => {
    const stranger = { ...config, THROUGHLINE_KEY: 'another key of the same length 12' };
    expect(await databaseRefusal(stranger)).toMatch(/refuses the password: .*`throughline migrate`/);
  });

  it('goes on with renewed certificates in a pool that is open, and says which have ended', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'tl-ca-')), 'authority.pem');
    writeFileSync(file, authority.certPem);
    const renewing = { ...config, DATABASE_URL: withTls(config.DATABASE_URL, { sslrootcert: file }) };
    const pool = createPool(renewing, 'tl_app', 1, patience.activity);
    await pool.query('select 1');

    writeFileSync(file, other.certPem);
    await serve(other.issue('127.0.0.1'));
    const isNew = { sslmode: 'verify-full', sslrootcert: other.certPem };
    await expect.poll(() => connected(isNew)).toBe('verified');
    const backends = 'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1';
    await admin.query(backends, [nameOf(config.DATABASE_URL)]);
    await expect.poll(() => pool.query('select 1').then(({ rowCount }) => rowCount, String)).toBe(1);
    await pool.end();
    rmSync(dirname(file), { recursive: true });

    await serve(authority.issue('127.0.0.1', { isExpired: true }));
    await expect
      .poll(() => connected(trusted))
      .toBe('Postgres cannot be used: its certificate has ended: renew it there');
    expect(await databaseRefusal(config)).toMatch(/its certificate has ended/);
  });
});

function nameOf(url: string): string {
  return new URL(url).pathname.slice(1);
}

function withTls(text: string, parameters: Record<string, string>): string {
  const url = new URL(text);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.toString();
}
