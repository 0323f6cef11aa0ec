import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem, advice } from './problem.mjs';
import { runWithProgress } from './progress.mjs';

/** The two compilations: workflow code has a compiler configuration of its own, without Node's types. */
const PROJECTS = ['tsconfig.json', 'workflows/tsconfig.json'];
const SKIPPED = new Set(['node_modules', 'dist', '.throughline', '.git', 'dashboard']);

/** Compiles the sources to `dist/` unless `dist/` was made from exactly these. */
export async function build(root, node) {
  const stamp = join(root, 'dist/.built-from');
  const sources = hashSources(root);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return;
  // Without its output, what the compiler remembers of the last time would make it write nothing.
  if (!existsSync(stamp)) rmSync(join(root, 'node_modules/.cache/tsc'), { recursive: true, force: true });
  rmSync(stamp, { force: true });
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  for (const project of PROJECTS) {
    const { code, output } = await runWithProgress(`Compiling ${project}`, node, [compiler, '-p', project], {
      cwd: root,
    });
    if (code !== 0)
      throw new Problem(
        `${output.trimEnd()}\n\n${advice(output, 'The sources do not compile, see above. Mend them and start again.')}`,
      );
  }
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(stamp, sources);
}

/** One hash over path, size and time of every file that takes part: reading the contents would take longer than needed. */
function hashSources(root) {
  const hash = createHash('sha256');
  const visit = (folder) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (!SKIPPED.has(entry.name)) visit(path);
      } else if (/\.ts$|^tsconfig.*\.json$|^package-lock\.json$/.test(entry.name)) {
        const { size, mtimeMs } = statSync(join(root, path));
        hash.update(`${path} ${size} ${mtimeMs}\n`);
      }
    }
  };
  visit('.');
  return hash.digest('hex');
}
