import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem, advice } from './problem.mjs';
import { runWithProgress } from './progress.mjs';

/** Makes `node_modules` agree with `package-lock.json`; does nothing when it does. Needs npm on PATH otherwise. */
export async function ensureDependencies(root) {
  if (areInstalled(root)) return;
  const { code, output } = await runWithProgress('Installing dependencies', 'npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: root,
    env: withoutNpmSettings(process.env),
  });
  if (code === 0) return;
  throw new Problem(
    `${output.trimEnd().split('\n').slice(-15).join('\n')}\n\n${advice(output, '`npm ci` failed, see above.')}`,
  );
}

/** Compares what npm says it installed with the lock file, package by package: no time stamps, so a fresh checkout is not stale. */
function areInstalled(root) {
  const installedFile = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const wanted = readPackages(join(root, 'package-lock.json'));
  const installed = readPackages(installedFile);
  return Object.entries(wanted).every(([path, { version, optional, peer }]) => {
    if (path === '' || installed[path]?.version === version) return true;
    // Packages for other systems are left out by npm.
    return installed[path] === undefined && (optional === true || peer === true);
  });
}

function readPackages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
}

/** `npm start` hands its own settings down; the inner npm must read the user's afresh. */
function withoutNpmSettings(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^npm_(lifecycle|package|command)/.test(name)));
}
