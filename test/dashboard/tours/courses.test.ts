import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { shortRun } from '../../support/courses.ts';
import { eventually } from '../../support/eventually.ts';
import { useTour } from './tour.ts';
import type { Way } from './way.ts';
import { onPhone, otherPerson } from './ways.ts';

describe('a course operator', () => {
  const tour = useTour();

  it.each(onPhone)('enrolls for one seat, sees it paid, refunds it, and gives it to the next, $name', async (way) => {
    const slug = `course-${tour.tag}`;
    const refundsBefore = await refunds();
    await tour.call('PUT', `/v1/courses/${slug}`, {
      title: `SQL ${slug}`,
      prerequisites: [],
      completion: { moveOn: 'completed' },
    });
    const run = { ...shortRun, title: `Autumn ${slug}`, holdFor: 'PT1H', offerFor: 'PT1H' };
    await tour.call('PUT', `/v1/courses/${slug}/runs/autumn`, run);
    for (const name of ['first', 'second'])
      await tour.call('PUT', `/v1/contacts/${slug}-${name}`, {
        email: `${slug}-${name}@example.test`,
        attributes: { name: `${name} ${slug}` },
      });
    // Mails of lists are not welcome to the first one: what they booked is no such mail.
    const consent = { isOpen: false, reason: 'They asked for it' };
    await tour.call('PUT', `/v1/contacts/${slug}-first/consents/email`, consent);
    const page = await tour.stage.open('/', way.view);
    const learners = page.getByRole('table', { name: 'Learners', exact: true });
    const openRun = async (): Promise<void> => {
      await way.goTo(page, 'Courses');
      await way.press(page.getByRole('link', { name: new RegExp(`^Autumn ${slug}`) }));
      await page.getByRole('heading', { level: 1, name: `Autumn ${slug}`, exact: true }).waitFor();
    };
    const openLearner = (name: string): Promise<void> =>
      way.open(learners.getByRole('link', { name: `${name} ${slug}`, exact: true }));

    await openRun();
    await add(page, way, `${slug}-first`);
    await learners.getByText('Seat held').waitFor();
    await learners.getByText('Pending').waitFor();
    await add(page, way, `${slug}-second`);
    await learners.getByText('Place 1 in the queue').waitFor();

    await payByMail(page, way, `${slug}-first@example.test`);
    await page.getByText('1 of 1 seats confirmed').waitFor();
    await learners.getByText('Paid').waitFor();

    await openLearner('first');
    await way.press(page.getByRole('button', { name: 'Withdraw…', exact: true }));
    await way.write(page.getByLabel('Reason'), 'Moving away');
    await way.press(page.getByRole('dialog').getByRole('button', { name: 'Withdraw', exact: true }));
    await page.getByText('Withdrawing').first().waitFor();

    // Who asked for it does not decide about it.
    const other = await tour.stage.open('/', way.view, otherPerson);
    await way.goTo(other, 'Inbox');
    await way.openApproval(other.getByRole('link', { name: new RegExp(`Refund for a withdrawal.*first ${slug}`) }));
    await other.getByText('Moving away').waitFor();
    await other.getByRole('article').getByText('120.00 EUR').first().waitFor();
    await way.choose(other, { outcome: 'Refund as quoted', number: 1 });
    await way.confirm(other);
    // It lets a click through to the page under it; it is looked at when it comes, as it goes after a few seconds.
    const isThrough = await other.getByText('Recorded. The run goes on.').evaluate((message) => {
      const { x, y } = message.getBoundingClientRect();
      const page = message.ownerDocument;
      return page.querySelector('#root')?.contains(page.elementFromPoint(x, y));
    });
    expect(isThrough).toBe(true);
    await other.context().close();

    await openRun();
    await learners.getByText('Offered', { exact: true }).waitFor();
    await way.press(
      page.getByRole('group', { name: 'Which learners', exact: true }).getByRole('button', { name: /^Ended/ }),
    );
    await learners.getByText('Refunded').waitFor();
    await eventually('the money is back', async () => (await refunds()) === refundsBefore + 1);

    await way.press(
      page.getByRole('group', { name: 'Which learners', exact: true }).getByRole('button', { name: /^Open/ }),
    );
    await openLearner('second');
    await way.press(page.getByRole('button', { name: 'Accept the offer', exact: true }));
    await way.press(page.getByRole('dialog').getByRole('button', { name: 'Accept the offer', exact: true }));
    await page.getByText('Seat held').waitFor();
    await payByMail(page, way, `${slug}-second@example.test`);
    await page.getByText('Confirmed').first().waitFor();
    await page.getByText('Paid', { exact: true }).waitFor();
    expect(await page.getByRole('button', { name: 'Accept the offer', exact: true }).count()).toBe(0);
    await page.context().close();
  });

  /** How often the whole price was paid back; no other file pays back. */
  async function refunds(): Promise<number> {
    const journal = await tour.stage.doubles.journal('payment');
    const made = journal.filter(({ kind, details }) => kind === 'refund.succeeded' && details['amount'] === 12_000);
    return made.length;
  }

  /** Adds a learner to the run that is open. */
  async function add(page: Page, { press, write }: Way, contact: string): Promise<void> {
    await press(page.getByRole('button', { name: 'Add a learner', exact: true }));
    await write(page.getByLabel('External id of the person'), contact);
    await press(page.getByRole('dialog').getByRole('button', { name: 'Add the learner', exact: true }));
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  }

  /** The learner follows the link in the mail and pays at the double's checkout. */
  async function payByMail(page: Page, { press }: Way, to: string): Promise<void> {
    const link = await eventually('the mail with the link', async () => {
      const mails = await tour.stage.doubles.mails();
      return mails.flatMap((mail) => (mail.to.includes(to) ? (/http\S+\/pay\/\w+/.exec(mail.text) ?? []) : []))[0];
    });
    const checkout = await page.context().newPage();
    await checkout.goto(link);
    await press(checkout.getByRole('button', { name: 'Pay', exact: true }));
    await checkout.getByRole('heading', { name: 'Thank you, you are done here', exact: true }).waitFor();
    await checkout.close();
  }
});
