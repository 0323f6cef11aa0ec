import { describe, expect, it } from 'vitest';
import { publishJourney, sampleJourney } from '../support/journeys.ts';
import { faultsInAllViews, faultsOf } from './faults.ts';
import { useStage } from './stage.ts';

describe('the pages of message templates', () => {
  const stage = useStage();

  it('help where there is none, and make the first one, which is never another one’s next version', async () => {
    const page = await stage.open('/templates');
    await page.getByText('No message templates yet').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    const make = async (name: string): Promise<void> => {
      await page.getByRole('button', { name: 'New template', exact: true }).click();
      await page.getByLabel('Name').fill(name);
      await page.getByRole('button', { name: 'Make the template', exact: true }).click();
    };
    await make('Spring: first mail');
    await page.waitForURL(`${stage.url}/templates/spring-first-mail`);
    const mail = page.frameLocator('iframe[title="The mail as its reader sees it"]');
    await mail.getByText('write here what you want to say').waitFor();
    await page.goBack();
    await page.getByRole('link', { name: 'spring-first-mail', exact: true }).waitFor();
    await make('Spring first mail');
    await page.getByText('There is a template of this name already').waitFor();
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

    await publishJourney(
      stage.api,
      await stage.api.key(['journeys:read', 'journeys:write', 'journeys:publish']),
      sampleJourney('greets', {
        steps: [{ kind: 'email', id: 'greeting', content: { kind: 'template', template: 'hello@production' } }],
      }),
    );

    const page = await stage.open('/journeys');
    await page.getByRole('link', { name: 'Message templates', exact: true }).click();
    await page.getByRole('link', { name: 'hello', exact: true }).click();
    const mail = page.frameLocator('iframe[title="The mail as its reader sees it"]');
    await mail.getByText('We are open.').waitFor();
    const uses = page.getByRole('region', { name: 'Where it is used', exact: true });
    await uses.getByText('sends v1 at “Greeting”').waitFor();
    await uses.getByText('People enter this version. Nobody is in it.', { exact: true }).waitFor();
    expect(await faultsInAllViews(page)).toEqual([]);

    await page.getByLabel('Text').fill('We are {{ contact.firstName');
    await page.getByRole('button', { name: 'Save as the next version', exact: true }).click();
    await page.getByRole('alert').first().waitFor();
    await page.getByLabel('Text').fill('Come in, {{ contact.firstName | default: "you" }}.');
    await page.getByRole('button', { name: 'Save as the next version', exact: true }).click();
    await mail.getByText('Come in, ').waitFor();

    const theirs = { content: { subject: 'Hello', markdown: 'Theirs.' } };
    await page.getByLabel('Text').fill('Come in, {{ contact.firstName | default: "you" }}, and stay.');
    await stage.api.call({ method: 'PUT', url, cookie, body: theirs });
    await page.getByText('Another person saved v3 meanwhile').waitFor();
    await mail.getByText('Theirs.').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'Go on with mine', exact: true }).click();
    await page.getByRole('button', { name: 'Save as the next version', exact: true }).click();
    await mail.getByText('and stay.').waitFor();
    await page.getByLabel('External id of a real person').fill('ana');
    await mail.getByText('Come in, Ana, and stay.').waitFor();

    await page.getByRole('button', { name: 'Send a test to me', exact: true }).click();
    await page.getByText('A test is on its way to').waitFor();
    await page.context().close();
  });

  it('show the mail of a journey’s step where the journey is, for whom one names, and send it as a test (dashboard F10)', async () => {
    const key = await stage.api.key([
      ...(['journeys:read', 'journeys:write', 'journeys:publish', 'contacts:write'] as const),
    ]);
    const body = { attributes: { firstName: 'Cleo', name: 'Cleo' } };
    await stage.api.call({ method: 'PUT', url: '/v1/contacts/cleo', key, body });
    const subject = { kind: 'literal', value: 'Dear {{ contact.firstName }}' } as const;
    const markdown = 'Your plan is **{{ plan }}**.';
    await publishJourney(
      stage.api,
      key,
      sampleJourney('writes', {
        steps: [
          {
            kind: 'email',
            id: 'letter',
            title: 'The letter',
            content: { kind: 'inline', subject, markdown },
            variables: { plan: { kind: 'entry', path: ['plan'] } },
          },
        ],
      }),
    );
    const page = await stage.open('/journeys/writes?step=letter');
    const shown = page.getByRole('region', { name: 'The mail', exact: true });
    const mail = page.frameLocator('iframe[title="The mail as its reader sees it"]');
    await shown.getByText('Dear Sam', { exact: true }).waitFor();
    await mail.getByText('Your plan is ….').waitFor();
    expect(await faultsInAllViews(page)).toEqual([]);
    await shown.getByLabel('External id of a real person').fill('cleo');
    await shown.getByText('Dear Cleo', { exact: true }).waitFor();
    await shown.getByRole('button', { name: 'Send a test to me', exact: true }).click();
    await page.getByText('A test is on its way to').waitFor();
    await page.context().close();
  });
});
