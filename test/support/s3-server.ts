import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { eventually } from './eventually.ts';
import { testPort } from './ports.ts';
import { s3Bucket } from './s3-double.ts';

/** `s3s-fs` of crates.io: an S3 server by others, which verifies signatures. It is built once, which takes minutes. */
const crate = { name: 's3s-fs', version: '0.14.1' };
const built = fileURLToPath(new URL('../../.throughline/s3s-fs', import.meta.url));

/** Starts that server with an empty bucket, of the same name and key as the double's. @throws Error where it cannot be built */
export async function startS3Server(): Promise<{ endpoint: string; stop(): Promise<void> }> {
  const program = join(built, 'bin', crate.name);
  if (!existsSync(program)) {
    const args = [
      'install',
      crate.name,
      '--version',
      crate.version,
      '--features',
      'binary',
      '--locked',
      '--root',
      built,
    ];
    await promisify(execFile)('cargo', args, { maxBuffer: 64 * 1024 * 1024 });
  }
  const folder = mkdtempSync(join(built, 'data-'));
  mkdirSync(join(folder, s3Bucket.bucket));
  const port = await testPort('an S3 server');
  const { accessKeyId, secretAccessKey } = s3Bucket;
  const login = ['--access-key', accessKeyId, '--secret-key', secretAccessKey];
  const server = spawn(program, ['--host', '127.0.0.1', '--port', String(port), ...login, folder], { stdio: 'ignore' });
  const endpoint = `http://127.0.0.1:${port}`;
  await eventually('the S3 server answers', () =>
    fetch(endpoint).then(
      () => true,
      () => false,
    ),
  );
  return {
    endpoint,
    async stop() {
      server.kill();
      await once(server, 'exit');
      rmSync(folder, { recursive: true });
    },
  };
}
