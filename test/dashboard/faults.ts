import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright';
import { expect } from 'vitest';
import { settings } from '../support/settings.ts';
import { settled } from './settled.ts';

/** How a page is looked at. */
export type View = { width: number; scheme: 'light' | 'dark' };

/** Wide and on a phone, light and dark. */
export const [wide, wideDark, phone, phoneDark] = [
  { width: 1440, scheme: 'light' },
  { width: 1440, scheme: 'dark' },
  { width: 390, scheme: 'light' },
  { width: 390, scheme: 'dark' },
] as const satisfies View[];

/** What axe asks of a page: all of its rules that name a standard or a good practice, or the one about colours. */
const axeRules = {
  all: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  contrast: { type: 'rule', values: ['color-contrast'] },
};
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const complaints = new WeakMap<Page, string[]>();

/** Notes what the browser complains about, a refusal by the security policy included. */
export function watch(page: Page): void {
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

/**
 * What is wrong with a page in any state: a complaint of the browser since the last look, sideways scrolling, something that axe finds. It
 * is looked at when it is settled, if it ever is (`isSettled`), as a whole or only what is `within` a part of it.
 */
export async function faultsOf(page: Page, { isSettled = true, within = 'html' } = {}): Promise<string[]> {
  if (isSettled) await settled(page);
  return [...(await overflowOf(page)), ...(await axeFaults(page, 'all', within)), ...complaintsOf(page)];
}

/** How many states of a page were looked at in all views. */
const looks = new WeakMap<Page, number>();

/**
 * What is wrong with a page in all views: wide and light everything, wide and dark the colours of every second state that it goes through, on a
 * phone sideways scrolling; everything in each of them at night. `again` brings it to its state once more, for a page that is to be built
 * again on a phone.
 */
export async function faultsInAllViews(
  page: Page,
  {
    isSettled = true,
    again,
    within = 'html',
  }: { isSettled?: boolean; again?: (() => Promise<unknown>) | undefined; within?: string } = {},
): Promise<string[]> {
  const state = { isSettled, within };
  const faults = await faultsOf(page, state);
  const count = looks.get(page) ?? 0;
  looks.set(page, count + 1);
  if (settings.isAxeFull || count % 2 === 0) {
    await look(page, wideDark, state);
    faults.push(...(settings.isAxeFull ? await faultsOf(page, state) : await colourFaultsOf(page, within)));
  }
  await look(page, phone, state);
  await again?.();
  faults.push(...(settings.isAxeFull ? await faultsOf(page, state) : await overflowOf(page)));
  if (settings.isAxeFull) {
    await look(page, phoneDark, state);
    faults.push(...(await faultsOf(page, state)));
  }
  await look(page, wide, state);
  return [...faults, ...complaintsOf(page)];
}

/** Looks at a page as it is in another view, when it has been laid out for it. */
export async function look(page: Page, { width, scheme }: View, { isSettled = true } = {}): Promise<void> {
  if (page.viewportSize()?.width !== width) await page.setViewportSize(sizeOf(width));
  await page.emulateMedia({ colorScheme: scheme });
  await framesDrawn(page);
  if (isSettled) await settled(page);
}

/** The size of a screen of this width. */
export function sizeOf(width: number): { width: number; height: number } {
  return { width, height: width < 500 ? 844 : 900 };
}

/** Ends when two frames have been drawn: what a page does at a key, the wheel or a new size, it has done by then. */
export async function framesDrawn(page: Page): Promise<void> {
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
}

/** Checks that nothing is wrong with a page. */
export async function expectSound(page: Page): Promise<void> {
  expect(await faultsOf(page)).toEqual([]);
}

/** What the browser has complained of on a page since the last look. */
export function complaintsOf(page: Page): string[] {
  return complaints.get(page)?.splice(0) ?? [];
}

/** Whether a page scrolls sideways. */
export async function overflowOf(page: Page): Promise<string[]> {
  const overflow = Number(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'));
  return overflow > 0 ? [`it scrolls sideways by ${overflow} px`] : [];
}

/** What axe finds in a page's colours. */
export function colourFaultsOf(page: Page, within = 'html'): Promise<string[]> {
  return axeFaults(page, 'contrast', within);
}

async function axeFaults(page: Page, rules: keyof typeof axeRules, within: string): Promise<string[]> {
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axe);
  // A document's frame runs no script, not even axe's.
  const options = JSON.stringify({ runOnly: axeRules[rules], resultTypes: ['violations'], iframes: false });
  const found = await page.evaluate<string[]>(`axe.run(${JSON.stringify(within)}, ${options}).then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 200)).join(' ')))`);
  return found.map((fault) => `${page.viewportSize()?.width} wide: ${fault}`);
}
