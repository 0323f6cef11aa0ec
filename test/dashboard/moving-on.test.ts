import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { openTestGate } from '../support/gates.ts';
import { holdBack, useStage } from './stage.ts';

describe('going from page to page', () => {
  const stage = useStage(async () => {
    await openTestGate(stage.database, { title: 'Question' });
  });

  /**
   * Goes to the runs, whose code comes when the returned function is called; that function returns where it ends. Until
   * then the page before is there.
   */
  async function goToRuns(page: Page): Promise<() => Promise<string>> {
    const releaseCode = await holdBack(page, '**/static/runs-*.js');
    await page.getByRole('link', { name: 'Runs', exact: true }).click();
    return async () => {
      releaseCode();
      await page.getByRole('heading', { name: 'Runs', exact: true }).waitFor();
      const url = page.url();
      await page.context().close();
      return url;
    };
  }

  it('is not taken back by a filter that was typed just before', async () => {
    const page = await stage.open('/contacts');
    await page.clock.install();
    await page.getByRole('searchbox').fill('ana');
    const arrive = await goToRuns(page);
    // The filter follows a moment after the last key.
    await page.clock.runFor(1_000);
    expect(await arrive()).toBe(`${stage.url}/runs`);
  });

  it('is not taken back by the first approval, which comes late', async () => {
    const page = await stage.open('/admin?tab=you');
    const releaseAnswer = await holdBack(page, '**/v1/gates?*');
    await page.getByRole('link', { name: /^Inbox/ }).click();
    await page.getByRole('heading', { name: 'Inbox', exact: true }).waitFor();
    const arrive = await goToRuns(page);
    releaseAnswer();
    // On a slow machine the page before is hidden by then, and may not take the answer in: a page that takes over a second to open says so.
    const shown = page.getByText('Question').or(page.getByText('One moment', { exact: true }));
    await shown.first().waitFor({ state: 'attached' });
    expect(await arrive()).toBe(`${stage.url}/runs`);
  });

  it('leads on from a person who has been erased, whatever their id is made of', async () => {
    const person = 'ä b/50%@x';
    const path = `/contacts/${encodeURIComponent(person)}`;
    const { cookie } = await stage.api.member(['admin']);
    expect((await stage.api.call({ method: 'PUT', url: `/v1${path}`, cookie, body: {} })).status).toBe(200);
    const page = await stage.open(path);
    await page.getByRole('button', { name: 'Erase…', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox').fill(person);
    // What says so goes after a few seconds, so it is looked for from the beginning.
    const isSaid = page.getByText('Erased.').waitFor();
    await dialog.getByRole('button', { name: /^Erase/ }).click();
    await Promise.all([isSaid, page.waitForURL(`${stage.url}/contacts`)]);
    await page.context().close();
  });
});
