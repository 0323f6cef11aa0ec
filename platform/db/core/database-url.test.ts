import { describe, expect, it } from 'vitest';
import { createAuthority } from '../../../test/support/certificates.ts';
import { ConfigError, databaseShape, readSettings } from '../../config.ts';
import { databaseAddress } from './database-url.ts';

const authority = createAuthority();
const [client, other] = [authority.issue('us'), authority.issue('them')];
const login = 'postgres://us:p%40ss@db.example.com:5433/house?application_name=x';

function address(parameters: Record<string, string>): ReturnType<typeof databaseAddress> {
  const url = new URL(login);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return databaseAddress(url.toString());
}

describe('the address of a database', () => {
  it.each([
    [{}, false],
    [{ sslmode: 'disable' }, false],
    [{ sslmode: 'require' }, { rejectUnauthorized: false, checkServerIdentity: expect.any(Function) }],
    [
      { sslmode: 'require', sslrootcert: authority.certPem },
      { ca: authority.certPem, checkServerIdentity: expect.any(Function) },
    ],
    [
      { sslmode: 'verify-ca', sslrootcert: authority.certPem },
      { ca: authority.certPem, checkServerIdentity: expect.any(Function) },
    ],
    [{ sslmode: 'verify-full' }, {}],
    [{ sslmode: 'verify-full', sslrootcert: 'system' }, {}],
    [{ sslmode: 'verify-full', sslrootcert: authority.certPem, uselibpqcompat: 'true' }, { ca: authority.certPem }],
    [
      { sslmode: 'verify-full', sslcert: client.certPem, sslkey: client.keyPem },
      { cert: client.certPem, key: client.keyPem },
    ],
  ])('with %o means as much as in libpq, and the driver reads none of it', (parameters, ssl) => {
    expect(address(parameters)).toEqual({ connectionString: login, ssl });
  });

  it.each([
    [{ sslmode: 'prefer' }, 'sslmode prefer is not known: disable, require, verify-ca, verify-full are'],
    [{ sslmode: 'no-verify' }, 'sslmode no-verify is not known: disable, require, verify-ca, verify-full are'],
    [{ ssl: 'true' }, 'ssl is not known: say sslmode=verify-full, or leave it out'],
    [{ sslrootcert: 'system' }, 'sslrootcert, sslcert and sslkey need an sslmode'],
    [
      { sslmode: 'verify-ca' },
      'sslmode verify-ca needs an authority in sslrootcert; with a public one say verify-full',
    ],
    // sqlx#879, lib/pq#1175: authorities are named, and no certificate is looked at.
    [
      { sslmode: 'require', sslrootcert: 'system' },
      'sslmode require would take any certificate: with sslrootcert=system say verify-full',
    ],
    [
      { sslmode: 'verify-full', sslrootcert: '/nowhere.pem' },
      /^sslrootcert: it is neither a file that can be read \(ENOENT\)/,
    ],
    [{ sslmode: 'require', sslcert: client.certPem }, 'sslkey: is missing, and sslcert is of no use without it'],
    [
      { sslmode: 'require', sslcert: client.certPem, sslkey: other.keyPem },
      'sslkey: is not the key of the certificate in sslcert',
    ],
  ])('with %o is refused', (parameters, reason) => {
    expect(() => address(parameters)).toThrow(reason);
  });

  it.each(['db.example.com', 'mysql://us@db', 'postgres://us:p/ss@db:x/house'])('is not %s', (text) => {
    const start = (): unknown => readSettings(databaseShape, { DATABASE_URL: text, THROUGHLINE_KEY: 'x'.repeat(32) });
    expect(start).toThrow(ConfigError);
    expect(start).toThrow('DATABASE_URL: give an address such as postgres://user:password@host:5432/database');
    expect(start).not.toThrow('p/ss');
  });
});
