import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSetupLink } from '../../platform/db/access/provisioning.ts';
import { createTestApi, type TestApi } from '../support/api.ts';
import { missingBrowser } from '../support/browser.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { faultsInAllViews } from './faults.ts';
import { useStage } from './stage.ts';

describe('the page that sets up an installation', () => {
  // It works until there is an admin, so the installation is its own.
  let database: TestDatabase;
  let api: TestApi;
  let url: string;
  const stage = useStage();
  beforeAll(async () => {
    if (missingBrowser() !== null) return;
    database = await createTestDatabase();
    api = await createTestApi(database);
    await api.app.listen(0, '127.0.0.1');
    url = await api.app.getUrl();
  });
  afterAll(async () => {
    await api?.stop();
    await database?.stop();
  });

  const link = async (): Promise<string> => `${url}/setup/${await createSetupLink(api.owner)}`;
  const setUp = async (page: Page, slug: string): Promise<void> => {
    await page.getByLabel('Workspace').fill('Demo GmbH');
    await page.getByLabel('Its short name').fill(slug);
    await page.getByLabel('Your name').fill('Marta Keller');
    await page.getByLabel('Your email').fill('marta@example.test');
    await page.getByLabel('A password').fill('a long password for a test');
    await page.getByRole('button', { name: 'Set up and sign in', exact: true }).click();
  };

  it('is sound, also when it refuses', async () => {
    const page = await stage.visit(await link());
    await page.getByText('Nobody has an account here yet').waitFor();
    expect(await faultsInAllViews(page)).toEqual([]);
    await setUp(page, `w-${database.workspaceId}`);
    await page.getByText('choose another one').waitFor();
    expect(await faultsInAllViews(page)).toEqual([]);
    await page.goto(`${url}/setup/nobody-made-this`);
    await page.getByText('This link sets nothing up').waitFor();
    expect(await faultsInAllViews(page)).toEqual([]);
    await page.context().close();
  });

  it('makes the first workspace without any script, once', async () => {
    const address = await link();
    const page = await stage.visit(address, undefined, { javaScriptEnabled: false });
    await setUp(page, 'demo');
    await page.waitForURL(`${url}/`);
    expect((await page.context().cookies()).map(({ name }) => name)).toEqual(['tl']);
    await page.goto(address);
    await page.getByText('This link sets nothing up').waitFor();
    await page.context().close();
  });
});
