import type { Role } from '../../../contracts/access/access.ts';
import { settings } from '../../support/settings.ts';
import type { View } from '../faults.ts';
import { keys } from './keyboard.ts';
import type { Way } from './way.ts';

/** The roles of a second person, who decides about what the first one has asked for. */
export const otherPerson: readonly Role[] = ['approver', 'operator', 'admin'];

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
      await bar.getByRole('link', { name: 'Home', exact: true }).waitFor();
      if ((await link.count()) > 0) return press(link);
      await press(bar.getByRole('button', { name: 'More', exact: true }));
      await press(page.getByRole('menuitem', { name: place }));
    },
    openApproval: press,
    choose: async (page, { outcome, comment }) => {
      await press(page.getByRole('button', { name: new RegExp(`^${outcome}`) }));
      if (comment !== undefined) await page.getByRole('textbox', { name: /^Comment/ }).fill(comment);
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
