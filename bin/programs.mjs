// Which Node runs Throughline, and which npm installs it.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The API's framework and the workers need it; the launcher itself runs from 20 on. */
const wantedMajor = 24;

/** A problem that a sentence explains; the launcher prints it without a stack. */
export class LauncherError extends Error {}

/** The path of a Node of the wanted version: the running one, else the one that npm installed for Linux. */
export function findNode(root, running = process.versions.node, platform = process.platform, arch = process.arch) {
  if (Number(running.split('.')[0]) >= wantedMajor) return process.execPath;
  const bundled = join(root, `node_modules/node-${platform}-${arch}/bin/node`);
  if (existsSync(bundled)) return bundled;
  throw new LauncherError(
    `Throughline needs Node ${wantedMajor} or newer and this is Node ${running}. On Linux (x64, arm64) npm brings it along, ` +
      `which did not happen here; install Node ${wantedMajor} from https://nodejs.org and start again.`,
  );
}

/** How to call the npm that belongs to the running Node: program and first arguments. */
export function findNpm(env = process.env, execPath = process.execPath) {
  const beside = join(dirname(execPath), '../lib/node_modules/npm/bin/npm-cli.js');
  const script = env.npm_execpath?.endsWith('npm-cli.js') ? env.npm_execpath : existsSync(beside) ? beside : null;
  return script === null ? ['npm'] : [execPath, script];
}

/** The environment with this machine in the list of what is reached without a proxy: the programs of a local stack call each other. */
export function directHere(env = process.env) {
  const here = ['localhost', '127.0.0.1', '::1'];
  const listOf = (name) => [...new Set([...(env[name] ?? '').split(','), ...here])].filter(Boolean).join(',');
  return { ...env, NO_PROXY: listOf('NO_PROXY'), no_proxy: listOf('no_proxy') };
}

/** The environment with the folder of `node` first on PATH, so that every program started by name gets that one. */
export function withNode(node, env = process.env) {
  return { ...env, PATH: `${dirname(node)}:${env.PATH ?? ''}` };
}
