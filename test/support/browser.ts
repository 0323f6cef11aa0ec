import { existsSync } from 'node:fs';
import chromium from '@sparticuz/chromium';
import { chromium as playwright, type Browser } from 'playwright';

/**
 * Starts Chromium: on Linux x64 the one inside an npm package, elsewhere Playwright's own (`npx playwright install chromium`). The
 * package's list of arguments is left out: its single process dies when a page closes.
 */
export async function openBrowser(): Promise<Browser> {
  const isPackaged = process.platform === 'linux' && process.arch === 'x64';
  return playwright.launch({
    args: ['--no-sandbox'],
    ...(isPackaged ? { executablePath: await chromium.executablePath() } : {}),
  });
}

/** Why there is no browser on this machine; null where there is one. */
export function missingBrowser(): string | null {
  const isPackaged = process.platform === 'linux' && process.arch === 'x64';
  if (isPackaged || existsSync(playwright.executablePath())) return null;
  return 'no Chromium here: npx playwright install chromium';
}
