import { existsSync } from 'node:fs';
import chromium from '@sparticuz/chromium';
import { chromium as playwright, type Browser, type BrowserServer, type LaunchOptions } from 'playwright';

/**
 * Starts Chromium for a run of the tests: on Linux x64 the one inside an npm package, elsewhere Playwright's own (`npx playwright install
 * chromium`). The package's list of arguments is left out: its single process dies when a page closes.
 */
export async function startBrowser(): Promise<BrowserServer> {
  return playwright.launchServer(await launchOptions());
}

/** Starts a browser of one's own, as `startBrowser` does. */
export async function openBrowser(): Promise<Browser> {
  return playwright.launch(await launchOptions());
}

async function launchOptions(): Promise<LaunchOptions> {
  const isPackaged = process.platform === 'linux' && process.arch === 'x64';
  // Without a graphics card Chromium draws by a process of its own, which costs more than it brings.
  const args = ['--no-sandbox', '--disable-gpu'];
  return { args, ...(isPackaged ? { executablePath: await chromium.executablePath() } : {}) };
}

/** Connects to the browser of this run of the tests; `close` ends the connection and the contexts that were made over it. */
export async function sharedBrowser(): Promise<Browser> {
  const address = process.env['TL_TEST_BROWSER'];
  if (!address) throw new Error('No shared browser: run the tests through vitest, whose global set-up starts one');
  return playwright.connect(address);
}

/** Why there is no browser on this machine; null where there is one. */
export function missingBrowser(): string | null {
  const isPackaged = process.platform === 'linux' && process.arch === 'x64';
  if (isPackaged || existsSync(playwright.executablePath())) return null;
  return 'no Chromium here: npx playwright install chromium';
}
