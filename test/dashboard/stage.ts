import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type Role, roles } from '../../contracts/access/access.ts';
import { missingBrowser, sharedBrowser } from '../support/browser.ts';
import { settings } from '../support/settings.ts';
import { openInstallation, type TestInstallation } from '../support/use-installation.ts';
import { sizeOf, type View, watch, wide } from './faults.ts';

/** The shared installation with its dashboard and the shared browser, in a workspace of the file's own. */
export type Stage = TestInstallation & {
  /** Opens an address, which may be elsewhere on this machine, signed in as a member with these roles (all of them unless given). */
  open(path: string, view?: View, as?: readonly Role[]): Promise<Page>;
  /** Opens an address, which may be elsewhere, signed in as nobody; `options` are those of the browser's context. */
  visit(path: string, view?: View, options?: BrowserContextOptions): Promise<Page>;
  /** Goes on from a page to another address as a link in it does; at night the browser loads it anew. */
  go(page: Page, path: string): Promise<void>;
  /** Opens another tab beside a page. */
  tab(page: Page): Promise<Page>;
};

/**
 * Gives a file's tests a workspace and a browser, made ready by `prepare`; skips them where there is no browser. What is returned is whole
 * when the first test begins.
 */
export function useStage(prepare: (stage: Stage) => Promise<void> = async () => {}): Stage {
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
  });
  beforeEach(({ skip }) => {
    if (missing !== null) skip(missing);
  });
  afterAll(() => close());
  return stage;
}

function pagesOf(
  { api, url }: Pick<TestInstallation, 'api' | 'url'>,
  browser: Browser,
): Pick<Stage, 'open' | 'visit' | 'go' | 'tab'> {
  const cookies = new Map<string, string>();
  return {
    async open(path, view = wide, as = roles) {
      const name = as.join(' ');
      const cookie = cookies.get(name) ?? (await api.member([...as])).cookie;
      cookies.set(name, cookie);
      const context = await contextFor(browser, view);
      await context.addCookies([{ name: 'tl', value: cookie.replace('tl=', ''), url }]);
      return openIn(context, new URL(path, url).href);
    },
    async visit(path, view = wide, options = {}) {
      return openIn(await contextFor(browser, view, options), new URL(path, url).href);
    },
    go: (page, path) => follow(page, new URL(path, url).href),
    tab: (page) => openTab(page.context()),
  };
}

async function openIn(context: BrowserContext, address: string): Promise<Page> {
  const page = await openTab(context);
  await goTo(page, address);
  return page;
}

async function openTab(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  watch(page);
  return page;
}

/** The dashboard's router follows what is put into the history, and takes `data-settled` away before this ends. */
async function follow(page: Page, address: string): Promise<void> {
  if (settings.isAxeFull) return goTo(page, address);
  if (page.url() !== address) await page.evaluate(`history.pushState(null, '', ${JSON.stringify(address)})`);
}

async function goTo(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.waitForSelector('main');
}

/** How long a page may take to show what a test waits for, in ms; on a busy machine everything takes long. */
const patienceMs = 60_000;

async function contextFor(
  browser: Browser,
  { width, scheme }: View,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  const isPhone = width < 500;
  const context = await browser.newContext({
    viewport: sizeOf(width),
    colorScheme: scheme,
    hasTouch: isPhone,
    reducedMotion: 'reduce',
    timezoneId: 'Europe/Berlin',
    acceptDownloads: true,
    ...options,
  });
  context.setDefaultTimeout(patienceMs);
  return context;
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

/**
 * Answers 500 to what a page's context asks for at addresses of this shape, until what is returned is called. The route
 * stays until the context closes: a request that is on its way when Playwright stops intercepting (`unroute`, `times`) may never be answered,
 * 7 of 150 times here.
 */
export async function failAt(page: Page, addresses: string): Promise<() => void> {
  let isFailing = true;
  await page.context().route(addresses, (route) => (isFailing ? route.fulfill({ status: 500 }) : route.continue()));
  return () => {
    isFailing = false;
  };
}
