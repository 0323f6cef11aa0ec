import { missingBrowser, startBrowser } from './browser.ts';

/** Starts the browser that test files share, unless the environment names a running one; none where there is none on this machine. */
export default async function setUp(): Promise<(() => Promise<void>) | undefined> {
  if (process.env['TL_TEST_BROWSER'] || missingBrowser() !== null) return undefined;
  const browser = await startBrowser();
  process.env['TL_TEST_BROWSER'] = browser.wsEndpoint();
  return () => browser.close();
}
