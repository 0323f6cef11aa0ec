// Who runs from dist/ and node_modules/: neither is changed under a running server.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { birthOf, isSameProcess } from '../local/processes/identity.mjs';

const folder = '.throughline/in-use';
/** Commands that go on for long and load parts of themselves on the way. */
const longCommands = ['up', 'bench'];

/** Writes down that this process runs from what is built, where its command goes on for long; gone with the process. */
export function holdBuild(root, args) {
  if (!longCommands.includes(args[0]) || args.some((arg) => arg === '--help' || arg === '-h')) return;
  const file = join(root, folder, String(process.pid));
  mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(file, birthOf(process.pid) ?? '');
  process.on('exit', () => rmSync(file, { force: true }));
}

/** The id of a living process that runs from what is built; null where there is none. What dead ones left is removed. */
export function holderOf(root) {
  for (const pid of namesIn(join(root, folder))) {
    const file = join(root, folder, pid);
    if (isSameProcess({ pid: Number(pid), birth: read(file) })) return Number(pid);
    rmSync(file, { force: true });
  }
  return null;
}

function namesIn(path) {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // It ended this moment.
    return '';
  }
}
