import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const folder = fileURLToPath(new URL('../../dist/dashboard', import.meta.url));
const Manifest = z.record(
  z.string(),
  z.looseObject({
    file: z.string(),
    imports: z.array(z.string()).default([]),
    dynamicImports: z.array(z.string()).default([]),
    css: z.array(z.string()).default([]),
  }),
);
/** What a phone on a mobile network loads in a second or two. */
const firstRouteKb = 180;

describe('the size of the dashboard', () => {
  const manifest = Manifest.parse(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')));

  /** Every chunk that one needs before it can run, with itself. */
  function neededBy(name: string, seen = new Set<string>()): Set<string> {
    if (seen.has(name)) return seen;
    seen.add(name);
    for (const other of manifest[name]?.imports ?? []) neededBy(other, seen);
    return seen;
  }

  it.each(['home', 'inbox'])('is small enough for a first look at %s', (page) => {
    const chunks = new Set([...neededBy('index.html'), ...neededBy(`src/pages/${page}.tsx`)]);
    const files = [...chunks].flatMap((name) => [manifest[name]?.file ?? '', ...(manifest[name]?.css ?? [])]);
    const scripts = files.filter((file) => file.endsWith('.js'));
    const bytes = scripts.reduce((sum, file) => sum + brotliCompressSync(readFileSync(join(folder, file))).length, 0);
    expect(scripts.length).toBeGreaterThan(2);
    expect(Math.round(bytes / 1024)).toBeLessThanOrEqual(firstRouteKb);
  });

  it('keeps the graph out of every page until it is shown', () => {
    const canvas = Object.keys(manifest).find((name) => name.endsWith('graph/canvas.tsx'));
    expect(canvas).toBeDefined();
    for (const name of Object.keys(manifest).filter((key) => key.startsWith('src/pages/')))
      expect([...neededBy(name)]).not.toContain(canvas);
  });

  it('was compressed when it was built', () => {
    const file = manifest['index.html']?.file ?? '';
    expect(existsSync(join(folder, `${file}.br`))).toBe(true);
  });
});
