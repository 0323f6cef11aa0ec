import { describe, expect, it } from 'vitest';
import { shortRun } from '../support/courses.ts';
import { expectSound, faultsOf, phone } from './faults.ts';
import { settled } from './settled.ts';
import { useStage } from './stage.ts';

describe('the pages on which courses are made and changed', () => {
  const stage = useStage();

  it('make a course and a run of it, which learners can be added to, and change both', async () => {
    const page = await stage.open('/courses');
    await page.getByRole('button', { name: 'New course', exact: true }).first().click();
    await page.getByLabel('Title').fill('Écrire en SQL');
    expect(await page.getByLabel('Name in links').inputValue()).toBe('ecrire-en-sql');
    await expectSound(page);
    await page.getByRole('button', { name: 'Make the course', exact: true }).click();
    await page.getByRole('link', { name: 'New run of Écrire en SQL', exact: true }).click();

    await page.getByRole('button', { name: 'Make the run', exact: true }).click();
    await page.getByText('Some fields are not right yet.').waitFor();
    await expect.poll(() => page.evaluate(`document.activeElement?.getAttribute('aria-invalid')`)).toBe('true');
    await page.getByLabel('Title').fill('Autumn');
    // What was typed does not go with a stray click (windmill 1447, n8n 10164).
    await page.getByRole('link', { name: 'Home', exact: true }).click();
    await page.getByRole('dialog', { name: 'Leave without saving?', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Stay here', exact: true }).click();
    expect(await page.getByLabel('Title').inputValue()).toBe('Autumn');
    await page.getByRole('combobox', { name: 'Time zone', exact: true }).fill('America/New_York');
    await page.getByLabel('Starts').fill('2099-10-05T09:00');
    await page.getByLabel('Ends').fill('2099-12-18T17:00');
    await page.getByText('Oct 5, 2099, 15:00 by your clock').waitFor();
    await page.getByLabel('Price of a seat').fill('120,50');
    await page.getByLabel('Where these terms are written').fill('Our terms of 2099');
    await page.getByRole('button', { name: 'Add a row', exact: true }).click();
    await page.getByLabel('Up to so much of the course done').fill('60');
    await expectSound(page);
    await page.getByRole('button', { name: 'Make the run', exact: true }).click();
    await page.waitForURL('**/courses/ecrire-en-sql/autumn');
    await page.getByText('€120.50').first().waitFor();
    await page.getByText('Oct 5, 2099, 09:00 EDT').waitFor();

    await page.getByRole('link', { name: 'Edit', exact: true }).click();
    await page.getByRole('textbox', { name: 'Seats', exact: true }).fill('3');
    await page.getByRole('textbox', { name: 'All comes back for', exact: true }).fill('7');
    await page.getByRole('button', { name: 'Save the run', exact: true }).click();
    await page.getByText('of 3 seats').waitFor();
    await page.getByRole('link', { name: 'Edit', exact: true }).click();
    await page.getByLabel('Title').fill('Lost');
    const writes: string[] = [];
    page.on('request', (request) => void (request.method() === 'PUT' && writes.push(request.url())));
    await page.getByRole('link', { name: 'Home', exact: true }).click();
    await page.getByRole('button', { name: 'Leave and lose it', exact: true }).click();
    await page.waitForURL(`${stage.url}/`);
    await settled(page);
    expect(writes).toEqual([]);
    const key = await stage.api.key(['courses:read']);
    const { json } = await stage.api.call({ url: '/v1/courses/ecrire-en-sql/runs/autumn', key });
    expect(json['details']).toMatchObject({
      title: 'Autumn',
      startsAt: '2099-10-05T13:00:00.000Z',
      endsAt: '2099-12-18T22:00:00.000Z',
      capacity: 3,
      priceMinor: 12_050,
      withdrawal: { version: 2, fullRefundWithin: 'P7D', proRata: [{ upToPercent: 60, refund: 'unused' }] },
    });
    await page.context().close();
  });

  it('ask before dates are moved under learners, who get mails at once (bad day, moved dates)', async () => {
    const key = await stage.api.key(['courses:read', 'courses:write', 'enrollments:write', 'contacts:write']);
    const call = async (method: 'PUT' | 'POST', url: string, body: object): Promise<void> => {
      const { status } = await stage.api.call({ method, url: `/v1/${url}`, key, body });
      expect(status).toBeLessThan(300);
    };
    await call('PUT', 'courses/held', { title: 'Held', prerequisites: [], completion: { moveOn: 'completed' } });
    const startsAt = '2099-10-05T07:00:00.000Z';
    await call('PUT', 'courses/held/runs/autumn', { ...shortRun, holdFor: 'P1D', zone: 'Europe/Berlin', startsAt });
    await call('PUT', 'contacts/ana', { email: 'ana@example.com' });
    await call('POST', 'enrollments', { course: 'held', run: 'autumn', contact: 'ana' });
    const starts = async (): Promise<unknown> => {
      const { json } = await stage.api.call({ url: '/v1/courses/held/runs/autumn', key });
      return (json['details'] as { startsAt: string }).startsAt;
    };
    const page = await stage.open('/courses/held/autumn/edit');
    await page.getByLabel('Starts').fill('2099-10-12T09:00');
    const save = page.getByRole('button', { name: 'Save the run', exact: true });
    await save.click();
    const dialog = page.getByRole('dialog', { name: 'Move the dates', exact: true });
    await dialog.getByText('1 learner is under way').waitFor();
    await expectSound(page);
    await dialog.getByRole('button', { name: 'Leave it', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await starts()).toBe(startsAt);
    await save.click();
    await dialog.getByRole('button', { name: 'Move the dates and save', exact: true }).click();
    await page.waitForURL(`${stage.url}/courses/held/autumn`);
    expect(await starts()).toBe('2099-10-12T07:00:00.000Z');
    await page.context().close();
  });

  it('overwrite nothing that is there, or that was changed meanwhile', async () => {
    const { cookie } = await stage.api.member(['admin', 'engineer']);
    const put = async (title: string): Promise<void> => {
      const body = { title, prerequisites: [], completion: { moveOn: 'completed' } };
      const { status } = await stage.api.call({ method: 'PUT', url: '/v1/courses/taken', cookie, body });
      expect(status).toBe(200);
    };
    await put('Taken');
    const page = await stage.open('/courses', phone);
    await page.getByRole('button', { name: 'New course', exact: true }).first().click();
    await page.getByLabel('Title').fill('Taken');
    await page.getByRole('button', { name: 'Make the course', exact: true }).click();
    await page.getByText('There is one of this name already.').waitFor();
    await page.getByRole('button', { name: 'Leave it', exact: true }).click();
    await page.getByRole('button', { name: 'Edit Taken', exact: true }).click();
    await page.getByLabel('Title').fill('Mine');
    await put('Theirs');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('This was changed meanwhile; nothing was saved.').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.context().close();
  });
});
