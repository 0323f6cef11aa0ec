// Emits source files to dist/, each by itself: TypeScript becomes JavaScript, everything else is copied. Types are the business
// of `npm run check`.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';

/** Emits `files`; `done` is called with each one that could be. @returns the problems of those that do not parse */
export async function emit(root, files, done) {
  const scripts = files.filter((file) => file.endsWith('.ts'));
  const ts = scripts.length === 0 ? null : createRequire(join(root, 'package.json'))('typescript');
  const options = ts && optionsOf(root, ts);
  const problems = [];
  for (const file of files) {
    const output = outputOf(root, file);
    mkdirSync(dirname(output), { recursive: true });
    if (file.endsWith('.ts')) {
      const { outputText, diagnostics } = ts.transpileModule(readFileSync(join(root, file), 'utf8'), {
        fileName: join(root, file),
        compilerOptions: options,
        reportDiagnostics: true,
      });
      writeFileSync(output, outputText);
      if (diagnostics.length > 0) {
        problems.push(ts.formatDiagnostics(diagnostics, formatHost(root)).trim());
        continue;
      }
      // The step display draws meanwhile, and a signal is received.
      await breathe();
    } else {
      copyFileSync(join(root, file), output);
    }
    done(file);
  }
  return problems;
}

/** Removes what was emitted for files that are gone. */
export function removeOutputs(root, files) {
  for (const file of files) rmSync(outputOf(root, file), { force: true });
}

function outputOf(root, file) {
  return join(root, 'dist', file.replace(/(?<!\.d)\.ts$/, '.js'));
}

function optionsOf(root, ts) {
  const read = (file) =>
    ts.readConfigFile(join(root, file), (path) => readFileSync(path, 'utf8')).config.compilerOptions;
  const { options } = ts.convertCompilerOptionsFromJson(
    { ...read('tsconfig.base.json'), ...read('tsconfig.json') },
    root,
  );
  // A file by itself does not show which package it is in; all of this one are ES modules.
  return { ...options, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler };
}

function formatHost(root) {
  return { getCurrentDirectory: () => root, getNewLine: () => '\n', getCanonicalFileName: (name) => name };
}
