import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the build left the dashboard. */
export const dashboardFolder = join(findRoot(dirname(fileURLToPath(import.meta.url))), 'dist/dashboard');

/** The dashboard's one page, with the policy that goes with it. */
export class DashboardPage {
  private readonly markup: string | null;

  constructor(folder: string) {
    const path = join(folder, 'index.html');
    this.markup = existsSync(path) ? readFileSync(path, 'utf8') : null;
  }

  /** The page for one answer; its nonce is of this answer alone. Null where the dashboard has not been built. */
  render(): { markup: string; policy: string } | null {
    if (this.markup === null) return null;
    const nonce = randomBytes(16).toString('base64url');
    return { markup: this.markup.replaceAll('%CSP_NONCE%', nonce), policy: policyFor(nonce) };
  }
}

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
