import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { isAnswering } from '../../platform/db/core/server.ts';
import { startGuarded, type Guarded } from '../processes/guarded.ts';
import { preparePostgresFiles, type PostgresFiles } from './files.ts';

/** A running embedded Postgres. `adminUrl` is a superuser's login on the database `postgres`; `data` is where it stores. */
export type PostgresServer = { adminUrl: string; data: string; process: Guarded; stop(): Promise<void> };

const run = promisify(execFile);

/** Settings of every embedded server: loopback only; connections for the pools of all processes of one machine. */
const settings = `
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
shared_buffers = '128MB'
max_wal_size = '2GB'
tcp_keepalives_idle = 10
log_min_messages = warning
`;

/** How long crash recovery may take before the start counts as failed. */
const readyMs = 60_000;

/**
 * Starts Postgres on `port` with its data below `home`, initialising it once; what was stored is there again. Ends with this
 * process. @throws Error with what to do when it does not come up
 */
export async function startPostgres(options: { home: string; port: number; log: string }): Promise<PostgresServer> {
  const files = preparePostgresFiles(options.home);
  const password = passwordFile(options.home, files);
  await initialise(files, password);
  await endForgotten(files);
  const server = startGuarded({
    command: join(files.bin, 'postgres'),
    args: ['-D', files.data, '-p', String(options.port)],
    log: options.log,
    env: libraryPath(files),
    // A fast shutdown: sessions are ended, the data is flushed.
    signal: 'SIGINT',
    ...identity(files),
  });
  const adminUrl = `postgres://admin:${readFileSync(password, 'utf8').trim()}@127.0.0.1:${options.port}/postgres`;
  const isReady = await Promise.race([answers(adminUrl), server.exited.then(() => false)]);
  if (isReady) return { adminUrl, data: files.data, process: server, stop: () => server.stop() };
  await server.stop();
  throw new Error(
    `Postgres did not start; its log is ${options.log}. A full disk or a second server on the same data are the usual reasons.`,
  );
}

/**
 * Every user of this machine can reach the port, so the superuser has a password, made once and readable by its owner
 * alone.
 */
function passwordFile(home: string, files: PostgresFiles): string {
  const file = join(files.uid === undefined ? home : dirname(files.data), `${basename(files.data)}.password`);
  if (existsSync(file)) return file;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  if (files.uid !== undefined && files.gid !== undefined) chownSync(file, files.uid, files.gid);
  return file;
}

/** A server whose guard was killed too still holds the data; it is shut down, as `pg_ctl` would do it. */
async function endForgotten(files: PostgresFiles): Promise<void> {
  if (!existsSync(join(files.data, 'postmaster.pid'))) return;
  const args = ['stop', '--pgdata', files.data, '--mode', 'fast', '--timeout', '10'];
  // It fails where the file is stale, which Postgres itself clears up.
  await run(join(files.bin, 'pg_ctl'), args, { env: environment(files), cwd: '/', ...identity(files) }).catch(
    () => undefined,
  );
}

async function initialise(files: PostgresFiles, password: string): Promise<void> {
  if (existsSync(join(files.data, 'PG_VERSION')) && existsSync(join(files.data, 'global/pg_control'))) return;
  rmSync(join(files.data, 'PG_VERSION'), { force: true });
  const args = [
    '-D',
    files.data,
    '-U',
    'admin',
    '--auth=scram-sha-256',
    `--pwfile=${password}`,
    '-E',
    'UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
  ];
  await run(join(files.bin, 'initdb'), args, {
    env: environment(files),
    cwd: '/',
    ...identity(files),
  });
  appendFileSync(join(files.data, 'postgresql.conf'), settings);
}

function libraryPath(files: PostgresFiles): Record<string, string> {
  return { [process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH']: files.lib };
}

function environment(files: PostgresFiles): NodeJS.ProcessEnv {
  return { ...process.env, ...libraryPath(files) };
}

function identity(files: PostgresFiles): { uid?: number; gid?: number } {
  return files.uid === undefined || files.gid === undefined ? {} : { uid: files.uid, gid: files.gid };
}

async function answers(url: string): Promise<boolean> {
  const end = Date.now() + readyMs;
  while (Date.now() < end) {
    if (await isAnswering(url)) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}
