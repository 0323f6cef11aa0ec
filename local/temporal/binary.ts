import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The newest version that `go install` takes: from 1.6 on its go.mod holds a local replacement. */
const goVersion = 'v1.5.1';
/** A download that is going to work has worked by then; one that hangs is given up. */
const downloadMs = 60_000;

/**
 * The path of a `temporal` program: `TEMPORAL_CLI`, then PATH, then the cache in `home`; else it is fetched there, by the SDK's
 * own download and, where that is refused, by Go (2 minutes, once). `tell` hears what is going on.
 * @throws Error naming every way when none works
 */
export async function findTemporal(home: string, tell: (what: string) => void): Promise<string> {
  const given = process.env['TEMPORAL_CLI'];
  if (given) {
    if (isProgram(given)) return given;
    throw new Error(`TEMPORAL_CLI names ${given}, which is not a program.`);
  }
  const cache = resolve(home, 'bin');
  const found = [...(process.env['PATH'] ?? '').split(delimiter), cache]
    .map((folder) => join(folder, 'temporal'))
    .find(isProgram);
  return found ?? fetchTemporal(cache, tell);
}

async function fetchTemporal(cache: string, tell: (what: string) => void): Promise<string> {
  mkdirSync(cache, { recursive: true });
  const problems: string[] = [];
  for (const way of [download, buildWithGo]) {
    try {
      return await way(cache, tell);
    } catch (error) {
      problems.push(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
    }
  }
  throw new Error(
    `No Temporal server could be had (${problems.join('; ')}). Do one of these: install the Temporal CLI so that \`temporal\` is on PATH; ` +
      'install Go 1.25 or newer and start again; or set TEMPORAL_ADDRESS to a server that runs already.',
  );
}

/** The SDK downloads the program of its own version; it has no call for the download alone, so a server is started and ended. */
async function download(cache: string, tell: (what: string) => void): Promise<string> {
  tell('downloading the Temporal CLI');
  const target = join(cache, 'temporal');
  const url = `https://temporal.download/cli/archive/latest?platform=${process.platform}&arch=${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const response = await fetch(url, { signal: AbortSignal.timeout(downloadMs) });
  if (!response.ok || !response.body) throw new Error(`the download answered ${response.status}`);
  const archive = `${target}.tar.gz`;
  await writeFile(archive, Buffer.from(await response.arrayBuffer()));
  await run('tar', ['-xzf', archive, '-C', cache, 'temporal']);
  await rm(archive);
  if (!isProgram(target)) throw new Error('the download held no program');
  return target;
}

async function buildWithGo(cache: string, tell: (what: string) => void): Promise<string> {
  const { stdout } = await run('go', ['version']).catch(() => {
    throw new Error('the download is refused here and Go is not installed');
  });
  const [, major, minor] = /go(\d+)\.(\d+)/.exec(stdout) ?? [];
  if (Number(major) === 1 && Number(minor) < 25) throw new Error(`Go ${major}.${minor} is older than 1.25`);
  tell('building the Temporal CLI with Go, about 2 minutes, once');
  await run('go', ['install', `github.com/temporalio/cli/cmd/temporal@${goVersion}`], {
    env: { ...process.env, GOBIN: cache },
    maxBuffer: 64 * 1024 * 1024,
  });
  const target = join(cache, 'temporal');
  if (!existsSync(target)) throw new Error('Go built no program');
  return target;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return existsSync(path);
  } catch {
    return false;
  }
}
