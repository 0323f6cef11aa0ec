import AxeBuilder from '@axe-core/playwright';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { type Role, roles } from '../../contracts/access.ts';
import { missingBrowser, sharedBrowser } from '../support/browser.ts';
import { openInstallation, type TestInstallation } from '../support/use-installation.ts';

/** How a page is looked at. */
export type View = { width: number; scheme: 'light' | 'dark' };

/** Wide and on a phone, light and dark. */
export const views: readonly View[] = [1440, 390].flatMap((width) =>
  (['light', 'dark'] as const).map((scheme) => ({ width, scheme })),
);

const wide: View = { width: 1440, scheme: 'light' };

/** The shared installation with its dashboard and the shared browser, in a workspace of the file's own. */
export type Stage = TestInstallation & {
  /** Opens an address, signed in as a member with these roles (all of them unless given). */
  open(path: string, view?: View, as?: readonly Role[]): Promise<Page>;
  /** Opens an address as somebody who is not signed in; `options` are those of the browser's context. */
  visit(path: string, view?: View, options?: BrowserContextOptions): Promise<Page>;
};

/**
 * Gives a file's tests a workspace and a browser, made ready by `prepare` within `withinMs`; skips them where there is no browser.
 * What is returned is whole when the first test begins.
 */
export function useStage(prepare: (stage: Stage) => Promise<void> = async () => {}, withinMs = 60_000): Stage {
  const stage = {} as Stage;
  const missing = missingBrowser();
  let close: () => Promise<void> = async () => {};
  beforeAll(async () => {
    if (missing !== null) return;
    const { installation, close: closeInstallation } = await openInstallation();
    const browser = await sharedBrowser();
    close = async () => {
      await browser.close();
      await closeInstallation();
    };
    Object.assign(stage, installation, pagesOf(installation, browser));
    await prepare(stage);
  }, withinMs);
  beforeEach(({ skip }) => {
    if (missing !== null) skip(missing);
  });
  afterAll(() => close());
  return stage;
}

function pagesOf({ api, url }: Pick<TestInstallation, 'api' | 'url'>, browser: Browser): Pick<Stage, 'open' | 'visit'> {
  const cookies = new Map<string, string>();
  return {
    async open(path, view = wide, as = roles) {
      const name = as.join(' ');
      const cookie = cookies.get(name) ?? (await api.member([...as])).cookie;
      cookies.set(name, cookie);
      const context = await contextFor(browser, view);
      await context.addCookies([{ name: 'tl', value: cookie.replace('tl=', ''), url }]);
      return goTo(context, `${url}${path}`);
    },
    async visit(path, view = wide, options = {}) {
      return goTo(await contextFor(browser, view, options), `${url}${path}`);
    },
  };
}

async function goTo(context: BrowserContext, address: string): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(12_000);
  watch(page);
  await page.goto(address);
  await page.waitForSelector('main');
  return page;
}

function contextFor(
  browser: Browser,
  { width, scheme }: View,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  const isPhone = width < 500;
  return browser.newContext({
    viewport: { width, height: isPhone ? 844 : 900 },
    colorScheme: scheme,
    hasTouch: isPhone,
    reducedMotion: 'reduce',
    timezoneId: 'Europe/Berlin',
    acceptDownloads: true,
    ...options,
  });
}

/** Holds back what a page asks for at addresses of this shape, until what is returned is called. */
export async function holdBack(page: Page, addresses: string): Promise<() => void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  await page.route(addresses, async (route) => {
    await promise;
    await route.continue();
  });
  return resolve;
}

const complaints = new WeakMap<Page, string[]>();

/** Notes what the browser complains about, a refusal by the security policy included. */
function watch(page: Page): void {
  const list: string[] = [];
  complaints.set(page, list);
  page.on('pageerror', (error) => list.push(String(error)));
  page.on('console', (message) => {
    // The browser logs every answer of 400 and more, what it cannot fetch ahead, and how it keeps a frame's process; all are none of
    // a page's faults.
    const isAnswer = /^Failed to load resource|^Couldn't load preload|origin-keyed/.test(message.text());
    if (['error', 'warning'].includes(message.type()) && !isAnswer) list.push(message.text());
  });
}

function complaintsOf(page: Page): string[] {
  return complaints.get(page) ?? [];
}

/**
 * What is wrong with a page in any state: a complaint of the browser, sideways scrolling, something that axe finds. It is looked at
 * when it has fetched everything, if it ever does (`isSettled`).
 */
export async function faultsOf(page: Page, { isSettled = true } = {}): Promise<string[]> {
  if (isSettled) await page.waitForLoadState('networkidle').catch(() => undefined);
  const overflow = Number(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'));
  // Legacy mode leaves out frames: a document's frame runs no script, not even axe's.
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode()
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  return [
    ...complaintsOf(page),
    ...(overflow > 0 ? [`it scrolls sideways by ${overflow} px`] : []),
    ...violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' ')}`),
  ];
}

/** Checks that nothing is wrong with a page. */
export async function expectSound(page: Page): Promise<void> {
  expect(await faultsOf(page)).toEqual([]);
}
