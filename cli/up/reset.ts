import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { preparePostgresFiles } from '../../local/postgres/files.ts';
import { CliError, note } from '../support/output.ts';

/** What is fetched or built, not worked on: it stays. So does the lock that this process holds. */
const kept = new Set(['bin', 'java', 'cache', 'stack.json', 'setup.lock', 'test']);

/**
 * Deletes the data of the local stack: database, workflows, mails caught, files, keys and ports. Asks first unless `isSure`.
 * @throws CliError when the answer is not yes, when there is no one to ask, or when the database is the user's own
 */
export async function resetData(home: string, isSure: boolean): Promise<void> {
  if (process.env['DATABASE_URL'])
    throw new CliError('DATABASE_URL is set: --reset deletes the embedded database only. Empty your own one yourself.');
  if (!isSure && !(await isConfirmed(home))) throw new CliError('Nothing was deleted.');
  const { data } = preparePostgresFiles(home);
  rmSync(data, { recursive: true, force: true });
  rmSync(`${data}.password`, { force: true });
  for (const name of readdirSync(home)) if (!kept.has(name)) rmSync(join(home, name), { recursive: true, force: true });
  note('All local data is deleted.');
}

async function isConfirmed(home: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new CliError('--reset asks first, and there is no one to ask here; add --yes.');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`This deletes the database, the runs and all files in ${home}. Type yes: `);
    return answer.trim().toLowerCase() === 'yes';
  } finally {
    terminal.close();
  }
}
