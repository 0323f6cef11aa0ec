import { createLogger } from '../../platform/log.ts';
import { installRuntime } from '../../worker/runtime.ts';

/** Test files that share a process share its Temporal SDK, which takes one runtime; each loads this module anew. */
const mark = Symbol.for('throughline.quiet-runtime');

if (!(mark in globalThis)) {
  Object.assign(globalThis, { [mark]: true });
  installRuntime(createLogger({ name: 'test', level: process.env['TL_TEST_LOG'] ?? 'silent' }));
}
