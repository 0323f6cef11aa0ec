import type { Browser } from 'playwright';

/** The line between browser and server: the time of a way there and back in ms, and kilobits a second down. */
export type Line = { rttMs: number; kbps: number };

/** When something first stood on the screen, and when what one came for did, in ms from the click. */
export type Look = { firstMs: number; doneMs: number };

/** A phone of the middle: four times slower than this machine, as web.dev's and Lighthouse's profile has it. */
const slowDown = 4;

/** Opens an address on a slow phone that has never been there, and waits until `selector` is painted. */
export async function look(
  browser: Browser,
  address: string,
  selector: string,
  { cookie, line }: { cookie: string; line: Line | null },
): Promise<Look> {
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 2,
    isMobile: true,
    hasTouch: true,
  });
  await context.addCookies([{ name: 'tl', value: cookie, url: address }]);
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: slowDown });
  if (line !== null) {
    const bytesPerSecond = (line.kbps * 1_000) / 8;
    await devtools.send('Network.enable');
    await devtools.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: line.rttMs,
      downloadThroughput: bytesPerSecond,
      uploadThroughput: bytesPerSecond,
    });
  }
  await page.addInitScript(watchFor(selector));
  await page.goto(address, { waitUntil: 'commit' });
  await page.waitForSelector('html[data-done]');
  const firstMs = Number(await page.evaluate('performance.getEntriesByName("first-contentful-paint")[0].startTime'));
  const doneMs = Number(await page.getAttribute('html', 'data-done'));
  await context.close();
  return { firstMs, doneMs };
}

/** What notes, in the page, the frame after the one in which something came into it. */
function watchFor(selector: string): string {
  return `const look = () => document.querySelector(${JSON.stringify(selector)})
    ? requestAnimationFrame(() => requestAnimationFrame(() => document.documentElement.setAttribute('data-done', performance.now())))
    : requestAnimationFrame(look);
  look();`;
}
