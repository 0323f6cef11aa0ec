import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { DemoContext, DemoSummary } from '../demo/context.ts';

/** The function that runs the examples, from `cli/demo.ts`; null in a build without them. */
export async function findDemo(): Promise<((context: DemoContext) => Promise<DemoSummary>) | null> {
  const url = new URL('../demo.js', import.meta.url);
  if (!existsSync(fileURLToPath(url))) return null;
  const module = (await import(url.href)) as { runDemo: (context: DemoContext) => Promise<DemoSummary> };
  return module.runDemo;
}
