import { describe, expect, it } from 'vitest';
import { faultsInAllViews, faultsOf } from './faults.ts';
import { useStage } from './stage.ts';

describe('the pages of message templates', () => {
  const stage = useStage();

  it('help where there is none', async () => {
    const page = await stage.open('/templates');
    await page.getByText('No message templates yet').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.context().close();
  });

  it('show a message as text beside the mail it makes, store what is changed, and send a test to who asks', async () => {
    const { cookie } = await stage.api.member(['engineer']);
    const content = { subject: 'Hello {{ contact.firstName | default: "there" }}', markdown: 'We are **open**.' };
    const url = '/v1/templates/message/hello';
    expect(await stage.api.call({ method: 'PUT', url, cookie, body: { content } })).toMatchObject({ status: 200 });
    await stage.api.call({
      method: 'PUT',
      url: '/v1/contacts/ana',
      cookie,
      body: { attributes: { firstName: 'Ana' } },
    });

    const page = await stage.open('/journeys');
    await page.getByRole('link', { name: 'Message templates', exact: true }).click();
    await page.getByRole('link', { name: 'hello', exact: true }).click();
    const mail = page.frameLocator('iframe[title="The mail as its reader sees it"]');
    await mail.getByText('We are open.').waitFor();
    expect(await faultsInAllViews(page)).toEqual([]);

    await page.getByLabel('Text').fill('We are {{ contact.firstName');
    await page.getByRole('button', { name: 'Save as the next version', exact: true }).click();
    await page.getByRole('alert').first().waitFor();
    await page.getByLabel('Text').fill('Come in, {{ contact.firstName | default: "you" }}.');
    await page.getByRole('button', { name: 'Save as the next version', exact: true }).click();
    await mail.getByText('Come in, ').waitFor();
    await page.getByLabel('External id of a real person').fill('ana');
    await mail.getByText('Come in, Ana.').waitFor();

    await page.getByRole('button', { name: 'Send a test to me', exact: true }).click();
    await page.getByText('A test is on its way to').waitFor();
    await page.context().close();
  });
});
