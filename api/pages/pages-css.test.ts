import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pagesCss } from './pages-css.ts';

const own = readFileSync(new URL('./pages.css', import.meta.url), 'utf8');

describe('the style sheet of the pages', () => {
  it('names tokens that there are', () => {
    const known = new Set([...pagesCss.matchAll(/(--[\w-]+):/g)].map(([, name]) => name));
    const used = [...own.matchAll(/var\((--[\w-]+)\)/g)].map(([, name]) => name);
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((name) => !known.has(name))).toEqual([]);
  });

  it('has no colours of its own', () => {
    expect(own.match(/#[\da-f]{3,8}\b|rgb|hsl/gi)).toBeNull();
  });

  it('has the dark tokens of the dashboard where the browser is dark', () => {
    const block = /@media \(prefers-color-scheme: dark\) \{ :root \{([^}]*)\}/.exec(pagesCss)?.[1] ?? '';
    expect(block).toContain('color-scheme: dark;');
    expect(block.match(/--[\w-]+: #/g)?.length).toBeGreaterThan(20);
  });
});
