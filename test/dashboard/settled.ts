import { errors, type Page } from 'playwright';

/**
 * Waits until a page shows all that it has asked for, its frames included. A page of the server's own is whole once it is loaded.
 * @throws Error that says what the page still waits for
 */
export async function settled(page: Page): Promise<void> {
  await page.waitForLoadState();
  try {
    await page.waitForSelector('html[data-settled], html:not(:has(#root))', { state: 'attached' });
  } catch (error) {
    if (!(error instanceof errors.TimeoutError)) throw error;
    const waitsFor = await page.locator('html').getAttribute('data-waits-for');
    throw new Error(`${page.url()} waits for: ${waitsFor ?? 'nothing that it names'}`, { cause: error });
  }
  await Promise.all(page.frames().map((frame) => frame.waitForLoadState()));
}
