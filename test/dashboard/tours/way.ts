import type { Locator, Page } from 'playwright';
import type { View } from '../faults.ts';

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
