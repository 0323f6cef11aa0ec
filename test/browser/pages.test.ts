import { describe, expect, it } from 'vitest';
import { createSignInLink } from '../../platform/db/access/provisioning.ts';
import { overflowOf, phoneDark, wide } from '../dashboard/faults.ts';
import { useStage } from '../dashboard/stage.ts';
import { eventually } from '../support/eventually.ts';
import { openTestGate } from '../support/gates.ts';
import { kysely } from '../../platform/db/core/kysely.ts';

/** A text of one long word, and one that would be markup if it were not escaped. */
const content = {
  subject: '<img src=x onerror=alert(1)>Hello',
  word: 'W'.repeat(200),
  lines: [{ reason: 'Paid so far', amount: '120.00 EUR' }],
};

describe('the pages for people who are not signed in', () => {
  const stage = useStage();

  it.each([wide, phoneDark])('a gate is decided from its mail, $width wide and $scheme', async (view) => {
    const { email, memberId } = await stage.api.member(['viewer']);
    const { gateId } = await openTestGate(stage.database, {
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
      (await stage.doubles.mails()).find(({ to }) => to.includes(email)),
    );
    const link = /http\S+\/g\/[\w-]+/.exec(mail.text)?.[0] ?? '';
    const page = await stage.visit(link, view);
    expect(await overflowOf(page)).toEqual([]);
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.textContent('body')).toContain('<img src=x onerror=alert(1)>Hello');
    expect(await statusOf(gateId)).toBe('open');

    await page.getByRole('radio', { name: /^Cut it/ }).check();
    await page.getByRole('button', { name: 'Record decision', exact: true }).click();
    expect(await page.getByRole('alert').textContent()).toContain('comment');
    expect(await page.getByRole('radio', { name: /^Cut it/ }).isChecked()).toBe(true);
    await page.getByRole('textbox', { name: /^Comment/ }).fill('Too long');
    await page.getByRole('textbox', { name: /^Words/ }).fill('12');
    await page.getByRole('button', { name: 'Record decision', exact: true }).click();
    await page.getByRole('alert').filter({ hasText: 'a whole number from 1 to 9' }).waitFor();
    await page.getByRole('textbox', { name: /^Words/ }).fill('5');
    await page.getByRole('button', { name: 'Record decision', exact: true }).click();
    await page.getByText('You decided “Cut it”').waitFor();
    expect(await page.textContent('body')).toContain('Too long');
    expect(await statusOf(gateId)).toBe('decided');
    await page.goto(link);
    expect(await page.getByRole('button').count()).toBe(0);
    await page.context().close();
  });

  it.each([wide, phoneDark])(
    'a sign-in link is used by its button alone and once, $width wide and $scheme',
    async (view) => {
      const { memberId } = await stage.api.member(['viewer']);
      const token = await createSignInLink(stage.owner, { workspaceId: stage.database.workspaceId, memberId });
      const page = await stage.visit(`/sign-in/${token}`, view);
      expect(await overflowOf(page)).toEqual([]);
      await page.reload();
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.waitForURL(`${stage.url}/`);
      const session = await page.request.get(`${stage.url}/v1/session`);
      expect(session.status()).toBe(200);
      const again = await page.goto(`${stage.url}/sign-in/${token}`);
      expect(again?.status()).toBe(404);
      await page.context().close();
    },
  );

  async function statusOf(gateId: string): Promise<string> {
    const gate = await kysely(stage.database.system)
      .selectFrom('gate')
      .select('status')
      .where('id', '=', gateId)
      .executeTakeFirstOrThrow();
    return gate.status;
  }
});
