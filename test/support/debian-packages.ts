import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Unpacks packages of Debian below `folder`, beside the system, which stays as it is. @throws Error where they cannot be had */
export function unpackPackages(packages: readonly string[], folder: string): void {
  const downloads = join(folder, 'downloads');
  mkdirSync(downloads, { recursive: true });
  const download = (): unknown => execFileSync('apt-get', ['download', ...packages], { cwd: downloads, stdio: 'pipe' });
  try {
    download();
  } catch {
    // A new machine does not know yet what there is.
    execFileSync('apt-get', ['update'], { stdio: 'pipe' });
    download();
  }
  for (const file of readdirSync(downloads)) execFileSync('dpkg', ['-x', join(downloads, file), folder]);
  rmSync(downloads, { recursive: true });
}
