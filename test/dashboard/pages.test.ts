import { describe, expect, it } from 'vitest';
import { makeWorld, type World } from '../api/world.ts';
import { settings } from '../support/settings.ts';
import { expectSound, faultsInAllViews } from './faults.ts';
import { settled } from './settled.ts';
import { useStage } from './stage.ts';

describe('every page of the dashboard', () => {
  let world: World;
  const stage = useStage(async () => {
    world = await makeWorld(stage);
  });

  /** Each address with something that stands on the page once it is ready. */
  const pages = (): [path: string, ready: string][] => [
    ['/', 'Open inbox'],
    ['/inbox', 'Send this subject?'],
    [`/inbox?gate=${world.ids.gate}`, 'Who decided so far'],
    ['/inbox?show=decided', 'Decided'],
    ['/journeys', 'Journey walk'],
    ['/journeys?q=nothing-like-this', 'No journey fits these filters'],
    ['/journeys/walk', 'First login'],
    ['/journeys/walk?step=first-login', 'Here now'],
    ['/journeys/walk?tab=versions', 'The first version'],
    ['/journeys/walk?tab=draft', 'They are the same.'],
    ['/journeys/walk?tab=simulate', 'What if'],
    ['/courses', 'Autumn'],
    ['/courses/sql/autumn', 'seats confirmed'],
    [`/enrollments/${world.ids.enrollment}`, 'What happened'],
    ['/batches', 'Walk'],
    ['/batches/new', 'Drop a CSV file here'],
    [`/batches/${world.ids.batch}`, 'What the checks found'],
    [`/batches/${world.ids.batch}/review`, 'left to decide'],
    [`/documents/${world.ids.document}`, 'Findings'],
    [`/documents/${world.ids.delivered}`, 'Findings'],
    ['/runs', 'Needs attention'],
    ['/runs?kind=batch&state=ended', 'Clear'],
    [`/runs/${world.ids.run}`, 'What would happen next'],
    [`/runs/${world.ids.run}?tab=technical`, 'Workflow'],
    [`/runs/${world.ids.run}?tab=audit`, 'Audit'],
    ['/contacts', 'External id'],
    ['/contacts/ana?journey=walk', 'They entered, and are in v1'],
    ['/contacts/ana?tab=jobs', 'Journey walk v1'],
    ['/mails?journey=mailed&step=hello&days=soon', 'Download as CSV'],
    ['/mails', 'Which mail?'],
    ['/incidents', 'Resolved'],
    ['/admin', 'Invite a member'],
    ['/admin?tab=keys', 'Make a key'],
    ['/admin?tab=connections', 'Connect a CRM'],
    ['/admin?tab=models', 'Add a model'],
    ['/admin?tab=audit', 'Check the chain'],
    ['/admin?tab=storage', 'How long things are kept'],
    ['/admin?tab=you', 'Set the password'],
    ['/runs/nothing', 'There is no such run'],
    ['/inbox/elsewhere', 'This page does not exist'],
  ];

  it('is sound in all views', async () => {
    const page = await stage.open('/');
    const unsound: string[] = [];
    for (const [path, ready] of pages()) {
      await stage.go(page, path);
      await settled(page);
      // A drawing measures its boxes before it shows them, some frames after all that it needs is there.
      const isReady = await page
        .getByText(ready)
        .or(page.getByLabel(ready))
        .first()
        .waitFor({ state: 'attached' })
        .then(
          () => true,
          () => false,
        );
      const again = settings.isAxeFull ? () => stage.go(page, path) : undefined;
      const faults = isReady ? await faultsInAllViews(page, { again }) : [`“${ready}” is not there`];
      unsound.push(...faults.map((fault) => `${path}: ${fault}`));
    }
    expect(unsound).toEqual([]);
    await page.context().close();
  });

  it('shows a viewer what they may see and nothing that they may not do', async () => {
    const page = await stage.open(`/runs/${world.ids.run}`, undefined, ['viewer']);
    await page.getByText('Facts', { exact: true }).waitFor();
    await settled(page);
    expect(await page.getByRole('button', { name: /Pause|Rewind|More/ }).count()).toBe(0);
    await stage.go(page, '/admin?tab=keys');
    await page.getByText('This is for admins').waitFor();
    await stage.go(page, `/inbox?show=team&gate=${world.ids.gate}`);
    await page.getByText('People with the role “approver” decide this', { exact: false }).waitFor();
    await settled(page);
    expect(await page.getByRole('button', { name: 'Send it', exact: true }).count()).toBe(0);
    await page.context().close();
  });

  it('sends to sign-in who is not signed in, and back to where they were going', async () => {
    const page = await stage.open('/sign-in');
    await page.context().clearCookies();
    await page.goto(`${stage.url}/runs?kind=batch`);
    await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();
    await expectSound(page);
    await page.getByLabel('Email').fill(world.email);
    await page.getByRole('textbox', { name: 'Password', exact: true }).fill('not this one at all');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByText('E-mail or password is wrong').waitFor();
    await page.getByRole('textbox', { name: 'Password', exact: true }).fill(world.password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.waitForURL(`${stage.url}/runs?kind=batch`);
    expect(await page.getByRole('heading', { name: 'Runs', exact: true }).textContent()).toBe('Runs');
    await page.context().close();
  });
});
