import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { capture } from '../processes/capture.mjs';

/** The version of the server that used the data last. */
const LastUse = z.object({ server: z.string() });

const fileName = 'last-use.json';

/**
 * Writes down in the data folder `home` which server uses it from now on. A newer server brings older data to its own form; an
 * older one does not understand what a newer one has written.
 * @throws Error saying what to do where `program` is an older server than the last one
 */
export async function noteServerVersion(program: string, home: string): Promise<void> {
  const file = join(home, fileName);
  const last = readLast(file);
  const server = await versionOf(program);
  if (server === null) return;
  if (last && existsSync(join(home, 'temporal.db')) && isOlder(server, last.server)) {
    throw new Error(
      `The data in ${home} was last used by Temporal server ${last.server}, and ${program} is ${server}, which may not be able to ` +
        `read it. Set TEMPORAL_CLI to a program with server ${last.server} or newer; or remove ${program}, so that a newer one is ` +
        'found or fetched; or delete all local data with `npm start -- --reset`.',
    );
  }
  writeFileSync(file, JSON.stringify({ server }));
}

function readLast(file: string): z.infer<typeof LastUse> | null {
  try {
    return LastUse.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // None, or one that a full disk cut short: nothing is known.
    return null;
  }
}

/** The version of the server, such as `1.32.0`; null where the program does not say it. */
async function versionOf(program: string): Promise<string | null> {
  const { output } = await capture(program, ['--version']);
  return /Server (\d+\.\d+\.\d+)/.exec(output)?.[1] ?? null;
}

/** Whether one version is older than another. Data changes its form with a minor version at most. */
function isOlder(one: string, other: string): boolean {
  const [major = 0, minor = 0] = one.split('.').map(Number);
  const [otherMajor = 0, otherMinor = 0] = other.split('.').map(Number);
  return major !== otherMajor ? major < otherMajor : minor < otherMinor;
}
