import type { Locator } from 'playwright';
import { framesDrawn } from '../faults.ts';
import { settled } from '../settled.ts';
import { places, type Way } from './way.ts';

/** A page has fewer places for the focus than this. */
const mostTabs = 120;
/** A list of a tour is shorter than this. */
const mostRows = 40;

/** The keyboard alone: Tab, Enter, arrows, and the shortcuts that `?` lists. Nothing is focused by any other means. */
export const keys: Way = {
  name: 'by keyboard',
  view: { width: 1440, scheme: 'light' },
  press: async (target) => {
    await reach(target, 'Tab', mostTabs);
    await target.page().keyboard.press('Enter');
  },
  open: async (row) => {
    await reach(row, 'j', mostRows);
    await row.page().keyboard.press('Enter');
  },
  strike: (target, key) => target.page().keyboard.press(key),
  pick: async (entry) => {
    await reach(entry, 'ArrowDown', mostRows);
    await entry.page().keyboard.press('Enter');
  },
  write: async (field, text) => {
    await reach(field, 'Tab', mostTabs);
    await field.page().keyboard.press('ControlOrMeta+a');
    await field.page().keyboard.type(text);
  },
  select: async (field, value) => {
    await reach(field, 'Tab', mostTabs);
    for (let rows = 0; rows < mostRows && (await field.inputValue()) !== value; rows += 1)
      await field.page().keyboard.press('ArrowDown');
  },
  check: async (radio) => {
    const group = radio.page().getByRole('radio');
    await reach(group.first().or(group.last()), 'Tab', mostTabs);
    await radio.page().keyboard.press('Space');
    for (let rows = 0; rows < mostRows && !(await radio.isChecked()); rows += 1)
      await radio.page().keyboard.press('ArrowDown');
  },
  goTo: async (page, place) => {
    // One right behind the other, however long the answer to the first takes: the second key has its time.
    await Promise.all([page.keyboard.press('g'), page.keyboard.press(places[place])]);
  },
  openApproval: async (item) => {
    await item.waitFor();
    const page = item.page();
    const isOpen = async (): Promise<boolean> => (await item.getAttribute('aria-current')) !== 'false';
    for (let rows = 0; rows < mostRows && !(await isOpen()); rows += 1) {
      await settled(page);
      const before = page.url();
      await page.keyboard.press('j');
      await page.waitForURL(({ href }) => href !== before);
    }
    if (!(await isOpen())) throw new Error('j does not lead to the approval');
  },
  choose: async (page, { number, comment }) => {
    await page.getByRole('group', { name: 'Outcomes', exact: true }).waitFor();
    await page.keyboard.press(String(number));
    if (comment === undefined) return;
    // An outcome that needs words takes the focus to where they go.
    await hasFocus(page.getByRole('textbox', { name: /^Comment/ }));
    await page.keyboard.type(comment);
  },
  confirm: (page) => page.keyboard.press('ControlOrMeta+Enter'),
};

/** Presses a key until `target` has the focus. */
async function reach(target: Locator, key: string, most: number): Promise<void> {
  await target.first().waitFor();
  for (let presses = 0; presses < most; presses += 1) {
    if (await isFocused(target)) return;
    await target.page().keyboard.press(key);
    // Rows take the focus a frame after the key.
    if (key !== 'Tab') await framesDrawn(target.page());
  }
  throw new Error(`${most} × ${key} do not lead to ${String(target)}`);
}

function focused(target: Locator): Locator {
  return target.and(target.page().locator(':focus'));
}

async function isFocused(target: Locator): Promise<boolean> {
  return (await focused(target).count()) > 0;
}

/** Waits for the focus. */
async function hasFocus(target: Locator): Promise<void> {
  await focused(target).first().waitFor();
}
