import { describe, expect, it } from 'vitest';
import { mailedJourney, publishJourney } from '../support/journeys.ts';
import { expectSound, faultsOf, phone } from './faults.ts';
import { settled } from './settled.ts';
import { holdBack, useStage } from './stage.ts';

describe('the dialog in which people are added and changed', () => {
  const stage = useStage();

  it('adds a person, changes what was changed alone, and writes down who did it', async () => {
    const page = await stage.open('/contacts');
    await page.getByRole('button', { name: 'New person', exact: true }).click();
    await page.getByLabel('External id').fill('c-7');
    await page.getByLabel('Email').fill('lena@example.com');
    await page.getByLabel('Value of firstName').fill('Lena');
    await page.getByRole('button', { name: 'Add the person', exact: true }).click();
    // Beside the link too a row opens in a tab of its own where one asks for that (rundeck 6600, hue 3362).
    const cell = page.getByRole('cell', { name: 'lena@example.com', exact: true });
    await settled(page);
    await page.evaluate('window.open = (url) => void (document.body.dataset.opened = url)');
    await cell.dispatchEvent('click', { ctrlKey: true });
    expect(await page.locator('body').getAttribute('data-opened')).toMatch(/\/contacts\/c-7$/);
    expect(new URL(page.url()).pathname).toBe('/contacts');
    // What is shown stays while another filter is answered: a list does not go and come at each key.
    const goOn = await holdBack(page, '**/v1/contacts?*q=len*');
    await page.getByRole('searchbox').fill('len');
    await page.locator('[aria-busy=true]').waitFor();
    expect(await cell.isVisible()).toBe(true);
    goOn();
    await page.locator('[aria-busy=false]').waitFor();
    expect(await cell.isVisible()).toBe(true);
    await page.getByRole('link', { name: 'Lena', exact: true }).click();

    // Another system writes beside it.
    const { cookie } = await stage.api.member(['admin', 'operator']);
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    const url = '/v1/contacts/c-7';
    await stage.api.call({ method: 'PUT', url, cookie, body: { attributes: { plan: 'pro' } } });
    await page.getByRole('button', { name: 'Add a fact', exact: true }).click();
    await page.getByLabel('Name of the fact').last().fill('visits');
    await page.getByLabel('Kind of visits').selectOption('number');
    await page.getByLabel('Value of visits').fill('three');
    await page.getByText('This cannot stand here.').waitFor();
    await expectSound(page);
    await page.getByLabel('Value of visits').fill('3');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('visits', { exact: false }).waitFor();
    const { json } = await stage.api.call({ url, cookie });
    expect(json).toMatchObject({
      email: 'lena@example.com',
      attributes: { firstName: 'Lena', plan: 'pro', visits: 3 },
    });
    const audit = await stage.api.call({ url: '/v1/audit?act=contact.changed', cookie });
    expect(audit.json['items']).toContainEqual(expect.objectContaining({ detail: { fields: ['visits'] } }));

    // Why did it not come: asked on the person's own page, answered from what is on record.
    const key = await stage.api.key(['journeys:write', 'journeys:publish']);
    await publishJourney(stage.api, key, mailedJourney('not-come'));
    await page.getByRole('combobox', { name: 'Journey', exact: true }).fill('not-come');
    await page.getByRole('combobox', { name: 'Journey', exact: true }).press('Enter');
    const found = page.getByRole('list', { name: 'What is on record', exact: true });
    await found.getByText('No event that lets people in is on record of them: SignedUp', { exact: true }).waitFor();
    await page.getByRole('combobox', { name: 'Which mail of it', exact: true }).selectOption('Mail: Hello');
    await page.waitForURL(`${stage.url}/contacts/c-7?journey=not-come&mail=hello`);
    await found.getByText('No event that lets people in is on record of them: SignedUp', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'What did not happen', exact: true }).click();
    await page.getByText('Nothing was left out or failed', { exact: true }).waitFor();
    await page.context().close();
  });

  it('joins two people for good once it has shown what happens, and the old address leads to the one that stays (mautic#6079)', async () => {
    const { cookie } = await stage.api.member(['admin', 'operator']);
    const put = (id: string, body: object) =>
      stage.api.call({ method: 'PUT', url: `/v1/contacts/${id}`, cookie, body });
    await put('account-5', { email: 'mia@example.com', attributes: { plan: 'pro' } });
    await put('guest-5', { email: 'mia.old@example.com', attributes: { plan: 'free', size: 'M' } });
    for (const size of [undefined, phone]) {
      const page = await stage.open('/contacts/account-5', size);
      await page.getByRole('button', { name: 'Join with another person…', exact: true }).click();
      const dialog = page.getByRole('dialog', { name: 'Join with another person', exact: true });
      await dialog.getByLabel('Other person').fill('nobody-here');
      await dialog.getByText('There is no contact “nobody-here” here', { exact: false }).waitFor();
      await dialog.getByLabel('Other person').fill('guest-5');
      if (size === phone) {
        await dialog.getByText('guest-5 leads to this person already.', { exact: true }).waitFor();
        expect(await faultsOf(page)).toEqual([]);
        await page.context().close();
        continue;
      }
      const effects = dialog.getByRole('list', { name: 'What joining them does', exact: true });
      await effects.getByText('Taken over: size', { exact: true }).waitFor();
      await effects.getByText('The other’s values are lost: plan', { exact: true }).waitFor();
      await effects
        .getByText('Mails go to mia@example.com and no more to mia.old@example.com.', { exact: true })
        .waitFor();
      const button = dialog.getByRole('button', { name: 'Join for good', exact: true });
      expect(await button.isDisabled()).toBe(true);
      await expectSound(page);
      await dialog.getByLabel('Type guest-5 to confirm').fill('guest-5');
      await button.click();
      await dialog.waitFor({ state: 'detached' });
      await page.goto(`${stage.url}/contacts/guest-5`);
      await page.getByText('guest-5 was joined with this person.', { exact: true }).waitFor();
      await page.getByText('Also known as', { exact: true }).waitFor();
      await page.getByText('which leads here now', { exact: false }).waitFor();
      await expectSound(page);
      await page.context().close();
    }
  });

  it('does not take one who is known for a new person', async () => {
    const { cookie } = await stage.api.member(['admin', 'operator']);
    await stage.api.call({ method: 'PUT', url: '/v1/contacts/known', cookie, body: { email: 'a@example.com' } });
    const page = await stage.open('/contacts', phone);
    await page.getByRole('button', { name: 'New person', exact: true }).click();
    await page.getByLabel('External id').fill('known');
    await page.getByRole('button', { name: 'Add the person', exact: true }).click();
    await page.getByText('There is one of this name already.').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.context().close();
  });
});
