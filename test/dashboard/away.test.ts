import type { BrowserContext, Page } from 'playwright';
import { afterAll, describe, expect, it } from 'vitest';
import { openTestGate } from '../support/gates.ts';
import { type Proxy, startProxy } from '../support/proxy.ts';
import { faultsOf } from './faults.ts';
import { hurry, startClock } from './hurry.ts';
import { useStage } from './stage.ts';

const away = 'The API cannot be reached. What you see may be out of date';

describe('the dashboard when the line is bad', () => {
  const lines: Proxy[] = [];
  let count = 0;
  const stage = useStage(async () => {
    await openGate();
  });
  afterAll(() => Promise.all(lines.map((line) => line.stop())));

  /** Something new that every open Inbox has to show. */
  async function openGate(): Promise<string> {
    count += 1;
    const title = `Question ${count}`;
    await openTestGate(stage.database, { title });
    return title;
  }

  /** Opens the Inbox over a line of its own that can be cut. */
  async function openOverLine(): Promise<{ page: Page; line: Proxy }> {
    const line = await startProxy(stage.url);
    lines.push(line);
    const page = await stage.open('/paid');
    await startClock(page);
    await page.goto(new URL('/inbox', line.url).href);
    return { page, line };
  }

  // Each of the two waits most of its time. No other test runs beside them: its gates would come with the changes that these wait for.
  it.concurrent(
    'says that the API is away, keeps what it shows, and comes back by itself with what has changed',
    async () => {
      const { page, line } = await openOverLine();
      await page.getByText('Question 1').first().waitFor();
      line.cut();
      await hurry(page, page.getByText(away).waitFor());
      await page.getByText('Question 1').first().waitFor();
      expect(await faultsOf(page, { isSettled: false })).toEqual([]);
      const title = await openGate();
      line.mend();
      await hurry(page, page.getByText(title).first().waitFor());
      await hurry(page, page.getByText(away).waitFor({ state: 'detached' }));
      await page.context().close();
    },
  );

  it.concurrent(
    'waits with a page that is opened meanwhile, which comes by itself as soon as there is an answer',
    async () => {
      const { page, line } = await openOverLine();
      await page.getByText('Question 1').first().waitFor();
      line.cut();
      await page.getByRole('link', { name: 'People', exact: true }).click();
      await hurry(page, page.getByText(away).waitFor());
      await page.getByRole('heading', { name: 'One moment', exact: true }).waitFor();
      expect(await faultsOf(page, { isSettled: false })).toEqual([]);
      line.mend();
      await hurry(page, page.getByText('Nobody', { exact: false }).first().waitFor());
      await page.context().close();
    },
  );

  it('loads itself anew when a part of its code cannot be had any more', async () => {
    const page = await stage.open('/admin?tab=you');
    const tried = new Set<string>();
    let isAnew = false;
    page.on('request', (request) => {
      isAnew ||= request.isNavigationRequest();
    });
    // Each part fails once, so what a page imports fails when the page itself is there: the browser does not ask for it again.
    await page.route('**/static/*.js', (route) => {
      const url = route.request().url();
      const isLost = !isAnew && !tried.has(url);
      tried.add(url);
      return isLost ? route.abort() : route.continue();
    });
    await page.getByRole('link', { name: /^Inbox/ }).click();
    await page.getByText('Question 1').first().waitFor();
    expect(isAnew).toBe(true);
    await page.context().close();
  });

  it('asks again for what could not be fetched, though nothing changes', async () => {
    const page = await stage.open('/paid');
    await startClock(page);
    await page.goto(`${stage.url}/admin?tab=you`);
    let refusals = 0;
    await page.context().route('**/v1/gates?*', (route) => {
      refusals += 1;
      return refusals > 3 ? route.continue() : route.fulfill({ status: 503 });
    });
    await page.getByRole('link', { name: /^Inbox/ }).click();
    await hurry(page, page.getByText('Question 1').first().waitFor());
    expect(refusals).toBeGreaterThan(3);
    await page.context().close();
  });

  it('misses nothing between its first answers and its stream, which is refused at first', async () => {
    const page = await stage.open('/paid');
    await startClock(page);
    const streams = streamsOf(page.context());
    const mayOpen = Promise.withResolvers<void>();
    await page.context().route('**/v1/stream*', async (route) => {
      if (streams.length === 1) return route.fulfill({ status: 503 });
      await mayOpen.promise;
      return route.continue();
    });
    await page.goto(`${stage.url}/inbox`);
    await page.getByText('Question 1').first().waitFor();
    const title = await openGate();
    mayOpen.resolve();
    await hurry(page, page.getByText(title).first().waitFor());
    expect(streams.length).toBeGreaterThan(1);
    await page.context().close();
  });

  it('asks every few seconds where the stream is blocked, and says so', async () => {
    const page = await stage.open('/paid');
    await startClock(page);
    await page.context().route('**/v1/stream*', (route) => route.abort());
    await page.goto(`${stage.url}/inbox`);
    await hurry(page, page.getByText('Live updates are blocked').waitFor());
    expect(await faultsOf(page)).toEqual([]);
    const title = await openGate();
    await hurry(page, page.getByText(title).first().waitFor());
    await page.context().close();
  });

  it('holds one stream for all tabs, which another tab takes over without losing a change', async () => {
    const first = await stage.open('/paid');
    const context = first.context();
    const streams = streamsOf(context);
    await first.goto(`${stage.url}/inbox`);
    await first.getByText('Question 1').first().waitFor();
    const second = await context.newPage();
    await second.goto(`${stage.url}/inbox`);
    await second.getByText('Question 1').first().waitFor();
    const seenByBoth = await openGate();
    await Promise.all([first, second].map((page) => page.getByText(seenByBoth).first().waitFor()));
    expect(streams).toHaveLength(1);

    await first.close();
    const seenByOther = await openGate();
    await second.getByText(seenByOther).first().waitFor();
    expect(streams).toHaveLength(2);
    expect(streams[1]).toContain('lastEventId=');
    await context.close();
  });

  it('moves nothing for people who want no motion', async () => {
    const page = await stage.open('/paid');
    await page.context().route('**/v1/contacts*', () => undefined);
    await page.goto(`${stage.url}/contacts`);
    const bones = page.getByRole('status', { name: 'Loading', exact: true });
    await bones.waitFor();
    expect(await movingParts(page)).toBe(0);
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    expect(await movingParts(page)).toBeGreaterThan(0);
    await page.context().close();
  });
});

/** The streams that a browser has opened, by address; grows as it opens more. */
function streamsOf(context: BrowserContext): string[] {
  const streams: string[] = [];
  context.on('request', (request) => {
    if (request.url().includes('/v1/stream')) streams.push(request.url());
  });
  return streams;
}

function movingParts(page: Page): Promise<number> {
  return page.evaluate(
    'document.getAnimations().filter(({ playState, effect }) => playState === "running" && effect.getComputedTiming().duration > 1).length',
  );
}
