import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from './problem.mjs';

/** The oldest Node that runs TypeScript sources as they are and has everything the project uses. */
const OLDEST_MAJOR = 24;

/** The path of a Node 24 or newer: this one, else the one npm installed from the optional dependency. */
export function findNode(root) {
  if (Number(process.versions.node.split('.')[0]) >= OLDEST_MAJOR) return process.execPath;
  const packaged = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin/node');
  if (existsSync(packaged)) return packaged;
  throw new Problem(
    `Throughline needs Node ${OLDEST_MAJOR}; this is ${process.version}, and npm installed none for ${process.platform}-${process.arch}. ` +
      `Install Node ${OLDEST_MAJOR} from https://nodejs.org (or \`nvm install ${OLDEST_MAJOR}\`) and start again.`,
  );
}
