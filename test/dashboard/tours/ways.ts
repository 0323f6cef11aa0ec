import type { Locator, Page } from 'playwright';
import type { Role } from '../../../contracts/access/access.ts';
import { settings } from '../../support/settings.ts';
import type { View } from '../faults.ts';
import { keys } from './keyboard.ts';

/** A place of the rail, and its letter after `g`. */
export const places = {
  Home: 'h',
  Inbox: 'i',
  Journeys: 'j',
  Courses: 'c',
  Batches: 'b',
  Runs: 'r',
} as const;
export type PlaceName = keyof typeof places;

/** The roles of a second person, who decides about what the first one has asked for. */
export const otherPerson: readonly Role[] = ['approver', 'operator', 'admin'];

/** A decision: the outcome's label, its number on the page, and words where it asks for some. */
export type Answer = { outcome: string; number: number; comment?: string };

/** How a user goes through the pages: with a mouse, with a finger, or by keyboard alone. */
export type Way = {
  name: string;
  view: View;
  /** Presses a button, a link, a tab. */
  press(target: Locator): Promise<void>;
  /** Opens an entry of a list by its link. */
  open(row: Locator): Promise<void>;
  /** Does what a button or link does that has a key of its own. */
  strike(target: Locator, key: string): Promise<void>;
  /** Chooses an entry of a menu that is open. */
  pick(entry: Locator): Promise<void>;
  /** Writes into a field, in place of what is there. */
  write(field: Locator, text: string): Promise<void>;
  /** Chooses a value of a list of choices. */
  select(field: Locator, value: string): Promise<void>;
  /** Turns one of several radio buttons on. */
  check(radio: Locator): Promise<void>;
  /** Goes to a place as from anywhere. */
  goTo(page: Page, place: PlaceName): Promise<void>;
  /** Opens an approval from the list of the Inbox. */
  openApproval(item: Locator): Promise<void>;
  /** Chooses an outcome of the approval that is open. */
  choose(page: Page, answer: Answer): Promise<void>;
  /** Confirms the outcome that was chosen. */
  confirm(page: Page): Promise<void>;
};

/** A mouse and a finger differ in how they press. */
function pointing(name: string, view: View, press: Way['press']): Way {
  const isPhone = view.width < 500;
  return {
    name,
    view,
    press,
    open: press,
    strike: press,
    pick: press,
    write: async (field, text) => {
      await press(field);
      await field.fill(text);
    },
    select: async (field, value) => void (await field.selectOption(value)),
    check: press,
    goTo: async (page, place) => {
      const bar = page.getByRole('navigation', { name: isPhone ? 'Main, at the bottom' : 'Main', exact: true });
      const link = bar.getByRole('link', { name: new RegExp(`^${place}`) });
      await bar.getByRole('link', { name: 'Home' }).waitFor();
      if ((await link.count()) > 0) return press(link);
      await press(bar.getByRole('button', { name: 'More' }));
      await press(page.getByRole('menuitem', { name: place }));
    },
    openApproval: press,
    choose: async (page, { outcome, comment }) => {
      await press(page.getByRole('button', { name: new RegExp(`^${outcome}`) }));
      if (comment !== undefined) await page.getByRole('textbox', { name: 'Comment' }).fill(comment);
    },
    confirm: (page) => press(page.getByRole('button', { name: /^Confirm/ })),
  };
}

const mouse = pointing('with a mouse', { width: 1440, scheme: 'light' }, (target) => target.click());
const phone = pointing('on a phone', { width: 390, scheme: 'dark' }, (target) => target.tap());

/** The ways of a tour: every day one of them, at night wide with a mouse, narrow with a finger, and wide without either. */
const waysOf = (daily: Way): readonly Way[] => (settings.doToursGoAllWays ? [mouse, phone, keys] : [daily]);

/** The ways of a tour that is made on a phone every day. */
export const onPhone = waysOf(phone);

/** The ways of a tour that is made by keyboard every day. */
export const byKeyboard = waysOf(keys);
