import type { Page } from 'playwright';
import { beforeAll, describe, expect, it } from 'vitest';
import { settings } from '../support/settings.ts';
import { complaintsOf, framesDrawn, overflowOf } from './faults.ts';
import { type Full, fillWorkspace } from './many.ts';
import { settled } from './settled.ts';
import { useStage } from './stage.ts';

/** A page of the API when one scrolls on has 200: so many rows are more than one of them. */
const far = settings.areListsLong ? 2_000 : 210;
/** And so many are several, each asked for behind the one before. */
const farther = settings.areListsLong ? 2_000 : 450;
/** How many people and runs there are. */
const all = settings.areListsLong ? 10_000 : 1_000;
/** How many things happened to one person, and in one run. */
const long = settings.areListsLong ? 1_000 : 250;
/** A screen so high holds 48 rows of the lowest; with some above and below it, never more than this are in the page. */
const screen = { width: 1440, height: 1_800 };
const mostRows = 80;

/** A key is followed within a frame or two. */
const often = { interval: 10 };

type Long = {
  name: string;
  path: () => string;
  rows?: string;
  scrolls?: string;
  /** How many rows there are, or how many are looked at. */
  count: number;
  /** What identifies a row, in the order of the list. */
  nth: (index: number) => string;
};

describe('long lists', () => {
  let full: Full;
  /** One page goes from list to list. */
  let page: Page;
  const stage = useStage(async () => {
    full = await fillWorkspace(stage.database, {
      contacts: all,
      runs: all,
      gates: far,
      journeys: 200,
      courses: 120,
      learners: far,
      documents: all / 2 + far,
      flagged: far,
      events: long,
      steps: long,
    });
  });

  beforeAll(async () => {
    page = await stage.open('/');
    await page.setViewportSize(screen);
  });

  const padded = (number: number, digits = 5): string => String(number).padStart(digits, '0');
  const lists: Long[] = [
    { name: 'people', path: () => '/contacts', count: farther, nth: (at) => `c-${padded(all - at)}` },
    {
      name: 'runs',
      path: () => '/runs?kind=journey',
      count: far,
      nth: (at) => `Person ${all - at} `,
    },
    { name: 'journeys', path: () => '/journeys', count: 200, nth: (at) => `Journey ${200 - at}` },
    { name: 'learners', path: () => '/courses/full/run', count: far, nth: (at) => `Person ${far - at}` },
    { name: 'documents', path: () => `/batches/${full.batchId}`, count: far, nth: (at) => `D-${padded(at + 1, 6)}` },
    {
      name: 'the inbox',
      path: () => '/inbox?show=team',
      rows: 'ol[aria-label=Decisions] > li',
      scrolls: '[data-scrolls]',
      count: far,
      // Those with a deadline come first, the last opened of them before all; then the others, the first opened before all.
      nth: (at) => `Gate ${at < far / 2 ? far - 2 * at : 2 * at - far + 1}`,
    },
    {
      name: 'the review',
      path: () => `/batches/${full.batchId}/review`,
      rows: 'nav[aria-label="Documents to decide"] li',
      scrolls: '[data-scrolls]',
      count: far,
      nth: (at) => `D-${padded(at + 1, 6)}`,
    },
    {
      name: 'a story',
      path: () => `/contacts/${full.contact}`,
      rows: 'section[aria-label="What happened"] li',
      count: long,
      nth: (at) => `happened.${at + 1}`,
    },
    {
      name: 'a timeline',
      path: () => `/runs/${full.runId}`,
      rows: 'section[aria-label=Timeline] li',
      count: long,
      nth: (at) => `Step ${at + 1}`,
    },
    {
      name: 'courses',
      path: () => '/courses',
      rows: 'main ol > li',
      count: 120,
      nth: (at) => (at === 0 ? 'Full course' : `Course ${121 - at}`),
    },
  ];

  it.each(lists)(
    'scrolls through $name, each row once and in order, few of them in the page',
    async ({ path, rows = '[role=row][data-index]', scrolls = '#main', count, nth }) => {
      await stage.go(page, path());
      await settled(page);
      await page.locator(rows).first().waitFor();
      const { seen, most, wrong } = await scrollThrough(page, { rows, scrolls, count, nth });
      expect(wrong).toEqual([]);
      expect(Array.from({ length: count }, (_, at) => at).filter((at) => !seen.has(at))).toEqual([]);
      expect(most).toBeLessThan(mostRows);
      // The page itself is looked at where pages are.
      expect([...(await overflowOf(page)), ...complaintsOf(page)]).toEqual([]);
    },
  );

  it('goes on by keyboard where the focus was, and comes back to the place one had left', async () => {
    const page = await stage.open('/contacts');
    await page.locator('[data-index="0"]').waitFor();
    await scrollThrough(page, { rows: '[role=row][data-index]', scrolls: '#main', count: 420, nth: () => '' });
    const focused = async (): Promise<number> =>
      Number(await page.evaluate("document.activeElement.closest('[data-index]')?.dataset.index ?? -1"));
    await restOf(page);
    await page.keyboard.press('j');
    await expect.poll(focused, often).toBeGreaterThan(360);
    const from = await focused();
    for (let step = 1; step <= 12; step += 1) {
      await page.keyboard.press('j');
      await expect.poll(focused, often).toBe(from + step);
    }
    await page.keyboard.press('k');
    await expect.poll(focused, often).toBe(from + 11);
    // The row with the focus stays, wherever one looks.
    await page.mouse.move(700, 500);
    const before = await topOf(page);
    await page.mouse.wheel(0, -8_000);
    await expect.poll(() => topOf(page)).toBeLessThan(before - 5_000);
    await restOf(page);
    expect(await focused()).toBe(from + 11);

    const row = page.locator(`[data-index="${from + 11}"]`);
    await row.scrollIntoViewIfNeeded();
    const place = await topOf(page);
    await row.getByRole('link').press('Enter');
    await page.getByText('Going on now').waitFor();
    await page.goBack();
    await row.waitFor();
    await expect.poll(() => topOf(page)).toBe(place);
    await page.context().close();
  });

  it('steps through decisions and documents beyond what was loaded first', async () => {
    const page = await stage.open('/inbox?show=team');
    await page.locator('ol > li').first().waitFor();
    const open = page.locator('ol > li:has([aria-current=true], [aria-current=page])');
    // The page of the API that is loaded first has 50.
    const steps = 55;
    for (let step = 0; step < steps; step += 1) {
      await expect.poll(() => open.getAttribute('data-index'), often).toBe(String(step));
      await page.keyboard.press('j');
    }
    await page.getByRole('heading', { name: `Gate ${far - 2 * steps}`, exact: true }).waitFor();
    await page.context().close();
  });

  it('jumps to the end of a long timeline', async () => {
    const page = await stage.open(`/runs/${full.runId}`);
    await page.getByRole('button', { name: 'Jump to now', exact: true }).click();
    await expect.poll(() => page.getByText(`Step ${long}`, { exact: true }).isVisible()).toBe(true);
    await page.context().close();
  });
});

async function topOf(page: Page): Promise<number> {
  return Math.round(Number(await page.evaluate("document.querySelector('#main').scrollTop")));
}

/** Waits until the page stands still where the wheel has brought it, with everything that belongs there. */
async function restOf(page: Page): Promise<void> {
  for (let top = -1; top !== (await topOf(page));) {
    top = await topOf(page);
    await framesDrawn(page);
    await settled(page);
  }
}

/** Turns the wheel until row `count` has been in the page. @returns the places seen, the most rows at once, and rows that stood elsewhere */
async function scrollThrough(
  page: Page,
  { rows, scrolls, count, nth }: Required<Pick<Long, 'rows' | 'scrolls' | 'count' | 'nth'>>,
): Promise<{ seen: Set<number>; most: number; wrong: string[] }> {
  const box = await page.locator(scrolls).first().boundingBox();
  if (!box) throw new Error(`nothing scrolls: ${scrolls}`);
  await page.mouse.move(box.x + box.width / 3, box.y + box.height / 2);
  const seen = new Set<number>();
  const wrong: string[] = [];
  let most = 0;
  for (let turns = 0; !seen.has(count - 1) && turns < count; turns += 1) {
    await framesDrawn(page);
    await settled(page);
    const found = await page
      .locator(rows)
      .evaluateAll((elements) =>
        elements.map((element) => ({ at: Number(element.getAttribute('data-index')), text: element.textContent })),
      );
    most = Math.max(most, found.length);
    for (const { at, text } of found) {
      seen.add(at);
      if (!text.includes(nth(at))) wrong.push(`${at}: ${text}, not ${nth(at)}`);
    }
    await page.mouse.wheel(0, box.height);
  }
  return { seen, most, wrong: wrong.slice(0, 5) };
}
