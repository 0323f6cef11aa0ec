import type { ConnectionOptions } from 'node:tls';
import { readPem, tlsProblem } from '../../tls/pem.ts';

/** What a driver is given: the address without its TLS, and TLS as Node has it; false for none. */
export type DatabaseAddress = { connectionString: string; ssl: false | ConnectionOptions };

/**
 * The modes of TLS, each as in Postgres' own programs: `require` takes any certificate, `verify-ca` one of the named authority,
 * `verify-full` one that has the host's name too.
 */
const modes = ['disable', 'require', 'verify-ca', 'verify-full'] as const;
/** `uselibpqcompat` asks the driver for what holds here anyway. */
const parameters = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'uselibpqcompat'] as const;

/**
 * Reads the address of a database with its TLS: `sslmode` (without it: no TLS), `sslrootcert` (a file; `system`, or nothing, for the public
 * authorities), `sslcert` and `sslkey`. The driver's own reading of them, which differs between its versions, takes no part. Files
 * are read at each call. @throws Error that says which part is wrong; nothing of the login is in it
 */
export function databaseAddress(text: string): DatabaseAddress {
  const url = parsed(text);
  const given = (name: (typeof parameters)[number]): string => url.searchParams.get(name) ?? '';
  const [mode, root, cert, key] = [given('sslmode'), given('sslrootcert'), given('sslcert'), given('sslkey')];
  for (const name of ['ssl', 'sslnegotiation'])
    if (url.searchParams.has(name)) throw new Error(`${name} is not known: say sslmode=verify-full, or leave it out`);
  for (const name of parameters) url.searchParams.delete(name);
  const connectionString = url.toString();
  if (mode === '' && root + cert + key !== '') throw new Error('sslrootcert, sslcert and sslkey need an sslmode');
  if (mode === '' || mode === 'disable') return { connectionString, ssl: false };
  if (!(modes as readonly string[]).includes(mode))
    throw new Error(`sslmode ${mode} is not known: ${modes.join(', ')} are`);
  const authority = root === 'system' ? '' : root;
  // libpq refuses it too: a setting that names authorities asks for a certificate of theirs.
  if (mode === 'require' && root === 'system')
    throw new Error('sslmode require would take any certificate: with sslrootcert=system say verify-full');
  if (mode === 'verify-ca' && authority === '')
    throw new Error('sslmode verify-ca needs an authority in sslrootcert; with a public one say verify-full');
  const problem = tlsProblem({
    ca: { name: 'sslrootcert', setting: authority },
    cert: { name: 'sslcert', setting: cert },
    key: { name: 'sslkey', setting: key },
  });
  if (problem !== null) throw new Error(problem);
  return {
    connectionString,
    ssl: {
      ...(authority === '' ? {} : { ca: readPem(authority) }),
      ...(cert === '' ? {} : { cert: readPem(cert), key: readPem(key) }),
      // As in libpq, `require` with an authority is `verify-ca`.
      ...(mode === 'require' && authority === '' ? { rejectUnauthorized: false } : {}),
      ...(mode === 'verify-full' ? {} : { checkServerIdentity: () => undefined }),
    },
  };
}

function parsed(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol))
    throw new Error('give an address such as postgres://user:password@host:5432/database; percent-encode its parts');
  return url;
}
