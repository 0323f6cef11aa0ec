import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder, from a source file as from its compiled copy in `dist/`. */
export const root = findRoot(dirname(fileURLToPath(import.meta.url)));

/** Where everything that the local stack stores lies: `THROUGHLINE_HOME`, else `.throughline/` in the project. */
export function homeFolder(): string {
  return resolve(process.env['THROUGHLINE_HOME'] ?? join(root, '.throughline'));
}

/** The script of an installed package's program, to be run with Node. */
export function packageScript(path: string): string {
  return join(root, 'node_modules', path);
}

function findRoot(from: string): string {
  return existsSync(join(from, 'package-lock.json')) ? from : findRoot(dirname(from));
}
