import type { Page } from 'playwright';

/** Waits until a page shows all that it has asked for, its frames included. A page of the server's own is whole once it is loaded. */
export async function settled(page: Page): Promise<void> {
  await page.waitForLoadState();
  await page.waitForSelector('html[data-settled], html:not(:has(#root))', { state: 'attached' });
  await Promise.all(page.frames().map((frame) => frame.waitForLoadState()));
}
