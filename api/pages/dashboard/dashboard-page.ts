import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** Where the build left the dashboard. */
export const dashboardFolder = join(findRoot(dirname(fileURLToPath(import.meta.url))), 'dist/dashboard');

/** The dashboard's one page, with the policy that goes with it. */
export class DashboardPage {
  private readonly markup: string | null;
  private readonly files: Files;

  constructor(folder: string) {
    const path = join(folder, 'index.html');
    this.markup = existsSync(path) ? readFileSync(path, 'utf8') : null;
    this.files =
      this.markup === null ? {} : Files.parse(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')));
  }

  /**
   * The page for one answer at a path such as `/inbox`; its nonce is of this answer alone. Null where the dashboard has not been
   * built.
   */
  render(path: string): { markup: string; policy: string } | null {
    if (this.markup === null) return null;
    const nonce = randomBytes(16).toString('base64url');
    const markup = this.markup.replace('</head>', `${this.hintsFor(path)}</head>`).replaceAll('%CSP_NONCE%', nonce);
    return { markup, policy: policyFor(nonce) };
  }

  /** Lets the browser fetch the code of this page together with what all pages need, and not after it. */
  private hintsFor(path: string): string {
    const needed = this.neededBy(this.pageAt(path));
    for (const known of this.neededBy('index.html')) needed.delete(known);
    return [...needed]
      .map((name) => `<link rel="modulepreload" crossorigin href="/${this.files[name]?.file}" nonce="%CSP_NONCE%">\n`)
      .join('');
  }

  /** The source of the page at an address such as `/inbox`; empty where the address has more parts. */
  private pageAt(path: string): string {
    const file = path === '/' ? 'home.tsx' : `${path.slice(1)}.tsx`;
    return Object.keys(this.files).find((name) => name.startsWith('src/pages/') && basename(name) === file) ?? '';
  }

  private neededBy(name: string, found = new Set<string>()): Set<string> {
    const file = this.files[name];
    if (file === undefined || found.has(name)) return found;
    found.add(name);
    for (const other of file.imports) this.neededBy(other, found);
    return found;
  }
}

/** What the build says of its files: by the name of the source, the file and the sources that it imports. */
const Files = z.record(z.string(), z.object({ file: z.string(), imports: z.array(z.string()).default([]) }));
type Files = z.infer<typeof Files>;

/** No script but our own files; styles from our files, and those that our script adds with the nonce; frames for documents alone. */
function policyFor(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "font-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "frame-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function findRoot(from: string): string {
  return existsSync(join(from, 'package-lock.json')) ? from : findRoot(dirname(from));
}
