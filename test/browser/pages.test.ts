import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../local/ports.ts';
import { createSignInLink } from '../../platform/db/provisioning.ts';
import { createTestApi, type TestApi } from '../support/api.ts';
import { missingBrowser, openBrowser } from '../support/browser.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { openTestGate } from '../support/gates.ts';
import { startTestWorker, type TestWorker } from '../support/worker.ts';

const views = [
  { width: 1280, scheme: 'light' },
  { width: 1280, scheme: 'dark' },
  { width: 390, scheme: 'light' },
  { width: 390, scheme: 'dark' },
] as const;

/** A text that is one long word, and one that would be markup if it were not escaped. */
const content = {
  subject: '<img src=x onerror=alert(1)>Hello',
  word: 'W'.repeat(200),
  lines: [{ reason: 'Paid so far', amount: '120.00 EUR' }],
};

describe('the pages for people who are not signed in', () => {
  let database: TestDatabase;
  let api: TestApi;
  let worker: TestWorker;
  let browser: Browser;
  let url: string;

  const missing = missingBrowser();
  beforeEach(({ skip }) => {
    if (missing !== null) skip(missing);
  });
  beforeAll(async () => {
    if (missing !== null) return;
    database = await createTestDatabase();
    const port = await freePort(21_000 + Math.floor(Math.random() * 8_000));
    url = `http://127.0.0.1:${port}`;
    api = await createTestApi(database, { PUBLIC_URL: url });
    await api.app.listen(port, '127.0.0.1');
    [worker, browser] = await Promise.all([startTestWorker(database, { PUBLIC_URL: url }), openBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all([api?.stop(), worker?.stop()]);
    await database?.stop();
  });

  async function open(address: string, { width, scheme }: (typeof views)[number]): Promise<Page> {
    const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme: scheme });
    await page.goto(address);
    expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
    return page;
  }

  it.each(views)('a gate is decided from its mail, $width wide and $scheme', async (view) => {
    const { email, memberId } = await api.member(['viewer']);
    const { gateId } = await openTestGate(database, {
      title: 'Send this?',
      content,
      assignee: { kind: 'member', id: memberId },
      outcomes: [
        { name: 'send', label: 'Send it' },
        {
          name: 'cut',
          label: 'Cut it',
          comment: 'required',
          fields: [{ name: 'length', label: 'Words', kind: 'integer', min: 1, max: 9 }],
        },
      ],
    });
    const mail = await eventually('the mail', async () =>
      (await worker.doubles.control.mails()).find(({ to }) => to.includes(email)),
    );
    const link = /http\S+\/g\/[\w-]+/.exec(mail.text)?.[0] ?? '';
    const page = await open(link, view);
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.textContent('body')).toContain('<img src=x onerror=alert(1)>Hello');
    expect(await statusOf(gateId)).toBe('open');

    await page.getByRole('radio', { name: 'Cut it' }).check();
    await page.getByRole('button', { name: 'Record decision' }).click();
    expect(await page.getByRole('alert').textContent()).toContain('comment');
    expect(await page.getByRole('radio', { name: 'Cut it' }).isChecked()).toBe(true);
    await page.getByRole('textbox', { name: 'Comment' }).fill('Too long');
    await page.getByRole('textbox', { name: 'Words' }).fill('12');
    await page.getByRole('button', { name: 'Record decision' }).click();
    expect(await page.getByRole('alert').textContent()).toContain('a whole number from 1 to 9');
    await page.getByRole('textbox', { name: 'Words' }).fill('5');
    await page.getByRole('button', { name: 'Record decision' }).click();
    expect(await page.textContent('body')).toContain('Too long');
    expect(await statusOf(gateId)).toBe('decided');
    await page.goto(link);
    expect(await page.getByRole('button').count()).toBe(0);
    await page.close();
  });

  it.each(views)('a sign-in link is used by its button alone and once, $width wide and $scheme', async (view) => {
    const { memberId } = await api.member(['viewer']);
    const token = await createSignInLink(api.owner, { workspaceId: database.workspaceId, memberId });
    const page = await open(`${url}/sign-in/${token}`, view);
    await page.reload();
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(`${url}/`);
    const session = await page.request.get(`${url}/v1/session`);
    expect(session.status()).toBe(200);
    const again = await page.goto(`${url}/sign-in/${token}`);
    expect(again?.status()).toBe(404);
    await page.close();
  });

  async function statusOf(gateId: string): Promise<string> {
    const gate = await database.system
      .selectFrom('gate')
      .select('status')
      .where('id', '=', gateId)
      .executeTakeFirstOrThrow();
    return gate.status;
  }
});
