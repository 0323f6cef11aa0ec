import { existsSync } from 'node:fs';
import { setGlobalProxyFromEnv } from 'node:http';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { capture } from '../processes/capture.mjs';

/** A working download has ended by then; a hanging one is given up. */
const downloadMs = 60_000;

/** Downloads the newest CLI from Temporal's own server, the one that the SDK uses too. @throws Error when it is refused */
export async function downloadArchive(draft: string, tell: (what: string) => void): Promise<string> {
  tell('downloading the Temporal CLI, about 45 MB');
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const url = `https://temporal.download/cli/archive/latest?platform=${process.platform}&arch=${arch}`;
  const archive = join(draft, 'temporal.tar.gz');
  await writeFile(archive, await download(url));
  await capture('tar', ['-xzf', archive, '-C', draft, 'temporal']);
  const program = join(draft, 'temporal');
  if (!existsSync(program)) throw new Error('what temporal.download sent holds no program');
  return program;
}

/** By the proxy that HTTPS_PROXY names, where it does, as npm and pip go. */
async function download(url: string): Promise<Buffer> {
  const goDirectly = setGlobalProxyFromEnv();
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(downloadMs) }).catch((error: unknown) => {
      throw new Error(`temporal.download does not answer: ${reasonOf(error)}`);
    });
    if (!response.ok) throw new Error(`temporal.download answered ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  } finally {
    goDirectly();
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
