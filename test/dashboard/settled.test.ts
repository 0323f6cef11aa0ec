import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { settled } from './settled.ts';
import { holdBack, useStage } from './stage.ts';

/** Waits until the page says that it is not settled. @returns what it waits for */
async function waitsFor(page: Page, part: string): Promise<string> {
  await page.waitForSelector(`html:not([data-settled])[data-waits-for*="${part}"]`, { state: 'attached' });
  return (await page.locator('html').getAttribute('data-waits-for')) ?? '';
}

describe('the signal that a page is settled', () => {
  const stage = useStage();

  it('waits for a part as long as something stands in its place, and not longer', async () => {
    const page = await stage.open('/admin?tab=you');
    await settled(page);
    // React reveals a part up to 0.3 s after its code has come, when nothing is under way any more.
    await page.evaluate('document.querySelector("main").insertAdjacentHTML("beforeend", "<i data-loading></i>")');
    expect(await waitsFor(page, 'part of')).toBe('part of main');
    await page.evaluate('document.querySelector("main > i").remove()');
    await settled(page);
    await page.context().close();
  });

  it('knows the parts of the frame that come after the first look', async () => {
    const page = await stage.open('/admin?tab=you');
    const release = await holdBack(page, '**/person-menu*.js');
    await page.reload();
    await waitsFor(page, 'part of Main');
    release();
    await settled(page);
    expect(await page.locator('[data-loading]').count()).toBe(0);
    await page.context().close();
  });
});
