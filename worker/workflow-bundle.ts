import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Where the build puts the bundle; beside the sources, in tests, there is none. */
export const builtFolder = join(root, 'bundle');

/**
 * The path of the workflow bundle for the sources as they are now. Bundling takes seconds: the build has made it, else it is made
 * here and kept in `cacheFolder`, under the hash of everything that goes into it.
 */
export async function workflowBundle(cacheFolder: string): Promise<{ codePath: string; build: string }> {
  const build = sourceHash();
  const name = `workflows-${build}.js`;
  const folder = existsSync(join(builtFolder, name)) ? builtFolder : cacheFolder;
  const codePath = join(folder, name);
  if (!existsSync(codePath)) {
    const { bundleWorkflowCode, DefaultLogger } = await import('@temporalio/worker');
    const { code } = await bundleWorkflowCode({ workflowsPath: entryPath(), logger: new DefaultLogger('WARN') });
    mkdirSync(cacheFolder, { recursive: true });
    const draft = `${codePath}.${process.pid}`;
    writeFileSync(draft, code);
    renameSync(draft, codePath);
  }
  return { codePath, build };
}

/** The compiled file in a build, the source in tests. */
function entryPath(): string {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return join(root, `workflows/index.${extension}`);
}

/** Everything the workflows import, and the SDK's version. */
function sourceHash(): string {
  const hash = createHash('sha256');
  for (const folder of ['workflows', 'contracts']) {
    for (const file of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).sort()) {
      if (/\.(ts|js)$/.test(file) && !file.includes('.test.'))
        hash.update(file).update(readFileSync(join(root, folder, file)));
    }
  }
  const sdk = fileURLToPath(import.meta.resolve('@temporalio/workflow/package.json'));
  return hash.update(readFileSync(sdk)).digest('hex').slice(0, 16);
}
