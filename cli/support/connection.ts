import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CliError } from './output.ts';
import { homeFolder } from './root.ts';

/** What `npm start` leaves for the other commands: where server and database are, and keys of the workspace "Demo". */
const LocalServer = z.object({
  url: z.string(),
  adminKey: z.string(),
  approverKey: z.string(),
  databaseUrl: z.string().optional(),
});
/** What `npm start` leaves for the other commands. */
export type LocalServer = z.infer<typeof LocalServer>;

const file = (): string => join(homeFolder(), 'local.json');

/**
 * The server that a command talks to and the API key it uses: THROUGHLINE_URL and THROUGHLINE_API_KEY, else the local stack.
 * @throws CliError when neither is there
 */
export function connection(): { url: string; key: string } {
  const local = readLocalServer();
  const url = process.env['THROUGHLINE_URL'] ?? local?.url;
  const key = process.env['THROUGHLINE_API_KEY'] ?? local?.adminKey;
  if (url === undefined || key === undefined)
    throw new CliError('Which server? Start one with `npm start`, or set THROUGHLINE_URL and THROUGHLINE_API_KEY.');
  return { url: url.replace(/\/$/, ''), key };
}

/** What the last `npm start` left, or null. */
export function readLocalServer(): LocalServer | null {
  if (!existsSync(file())) return null;
  const parsed = LocalServer.safeParse(JSON.parse(readFileSync(file(), 'utf8')));
  return parsed.success ? parsed.data : null;
}

/** Writes it down, readable by the owner alone. */
export function writeLocalServer(server: LocalServer): void {
  writeFileSync(file(), `${JSON.stringify(server, null, 2)}\n`, { mode: 0o600 });
  chmodSync(file(), 0o600);
}
