import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import type { GateSpec } from '../../contracts/core/machine.ts';
import { createGateLink } from '../../platform/db/gates/gate-links.ts';
import { lockGate, settleGate } from '../../platform/db/gates/gates.ts';
import { createSignInLink, ensureMember } from '../../platform/db/access/provisioning.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { newId } from '../../platform/ids.ts';
import { masterKeys } from '../../platform/keys/master-keys.ts';
import { hashToken, newToken } from '../../platform/tokens.ts';
import { unsubscribeToken } from '../../platform/unsubscribe.ts';
import { openTestGate } from '../support/gates.ts';
import { faultsInAllViews, phone } from './faults.ts';
import { useStage } from './stage.ts';

/** A page in one state: its address, words that stand there, and what a person does first to bring it there. */
type State = { path: string; shows: string; act?: (page: Page) => Promise<void> };

const word = 'Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamtengesellschaft';

describe('the pages without script', () => {
  let memberId: string;
  const stage = useStage(async () => {
    memberId = await member(`Marta ${word}`);
    await kysely(stage.database.system)
      .updateTable('workspace')
      .set({ name: 'Demo GmbH', zone: 'Europe/Berlin' })
      .where('id', '=', stage.database.workspaceId)
      .execute();
  });

  const member = (name: string): Promise<string> =>
    ensureMember(stage.owner, {
      workspaceId: stage.database.workspaceId,
      email: `${newId()}@example.test`,
      name,
      roles: ['approver'],
    });

  /** A gate with a link for a member, by its id. */
  async function linked(spec: Partial<GateSpec> = {}, to = memberId): Promise<{ gateId: string; path: string }> {
    const { database } = stage;
    const { gateId } = await openTestGate(database, spec);
    const of = { workspaceId: database.workspaceId, gateId, memberId: to };
    const token = await inWorkspace(database.app, database.workspaceId, (tx) => createGateLink(tx, of));
    return { gateId, path: `/g/${token}` };
  }

  async function settle(gateId: string, status: 'decided' | 'expired'): Promise<void> {
    const { app, workspaceId } = stage.database;
    await inWorkspace(app, workspaceId, async (tx) => {
      const gate = await lockGate(tx, workspaceId, gateId);
      if (gate) await settleGate(tx, gate, status, { outcome: 'approve', comment: null, form: null });
    });
  }

  async function settled(status: 'decided' | 'expired'): Promise<string> {
    const { gateId, path } = await linked({ dueAt: '2026-11-25T09:00:00Z', onTimeout: 'approve' });
    await settle(gateId, status);
    return path;
  }

  /** A gate whose row was changed after its link was sent. */
  async function changed(values: { status?: string; content_hash?: string }): Promise<string> {
    const { gateId, path } = await linked();
    await kysely(stage.database.system).updateTable('gate').set(values).where('id', '=', gateId).execute();
    return path;
  }

  /** The link by which a contact stops mails; without an address it is that of one who is not there any more. */
  async function subscription(email: string | null): Promise<string> {
    const { database } = stage;
    const contactId = newId();
    if (email !== null)
      await kysely(database.system)
        .insertInto('contact')
        .values({ workspace_id: database.workspaceId, id: contactId, external_id: contactId, email })
        .execute();
    const target = { workspaceId: database.workspaceId, contactId, channel: 'email' as const };
    return `/u/${unsubscribeToken(masterKeys(database.config), target)}`;
  }

  async function resetLink(): Promise<string> {
    const { system, workspaceId } = stage.database;
    const token = newToken();
    const link = { purpose: 'passwordReset', workspace_id: workspaceId, member_id: memberId };
    await kysely(system)
      .insertInto('sign_in_link')
      .values({ ...link, token_hash: hashToken(token), expires_at: new Date(Date.now() + 3_600_000) })
      .execute();
    return `/reset-password/${token}`;
  }

  const press = (name: string) => (page: Page) => page.getByRole('button', { name }).click();
  const choose = (label: string, comment: string) => async (page: Page) => {
    await page.getByRole('radio', { name: label }).check();
    await page.getByRole('textbox', { name: /^Comment/ }).fill(comment);
    await press('Record decision')(page);
  };

  async function states(): Promise<State[]> {
    const { database } = stage;
    const { workspaceId } = database;
    const signIn = `/sign-in/${await createSignInLink(stage.owner, { workspaceId, memberId })}`;
    const reset = await resetLink();
    const askForMail = async (page: Page) => {
      await press('Forgot the password?')(page);
      await page.getByLabel('Email').fill(`${word}@example.test`);
      await press('Mail me a link')(page);
    };
    const setPassword = (password: string) => async (page: Page) => {
      await page.getByLabel('A new password').fill(password);
      await press('Set it and sign in')(page);
    };
    const mails = await subscription('ana@example.com');
    const contested = await linked();
    const left = await member('Left');
    const [unassigned, old] = [await linked({}, left), await linked()];
    await kysely(database.system)
      .updateTable('member')
      .set({ roles: ['viewer'] })
      .where('id', '=', left)
      .execute();
    await kysely(database.system)
      .updateTable('gate_link')
      .set({ expires_at: new Date() })
      .where('gate_id', '=', old.gateId)
      .execute();
    const ask = async (spec: Partial<GateSpec> = {}): Promise<string> => (await linked(spec)).path;
    const reject = choose('Write another', `Too long, ${word}`);
    return [
      { path: '/setup/nobody-made-this', shows: 'This link sets nothing up' },
      { path: signIn, shows: `Sign in as Marta ${word}?` },
      { path: '/sign-in/nobody-made-this', shows: 'This link cannot sign you in' },
      { path: '/sign-in', shows: 'No password yet' },
      { path: '/sign-in', shows: 'We mail you a link', act: press('Forgot the password?') },
      { path: '/sign-in', shows: 'a mail is on its way', act: askForMail },
      { path: reset, shows: `Set a new password for Marta ${word}` },
      { path: reset, shows: 'This password is guessed first', act: setPassword('password1234') },
      { path: '/reset-password/nobody-made-this', shows: 'This link sets no password' },
      { path: '/docs', shows: 'The API' },
      { path: '/paid', shows: 'Thank you, you are done here' },
      { path: await ask(), shows: 'Opening this page has decided nothing' },
      { path: await ask(everything), shows: 'days left' },
      { path: await ask(), shows: 'This outcome needs a comment', act: choose('Write another', '') },
      { path: await ask(), shows: 'You decided “Write another”', act: reject },
      {
        path: contested.path,
        shows: 'Your decision was not recorded',
        act: async (page) => {
          await settle(contested.gateId, 'decided');
          await reject(page);
        },
      },
      { path: await settled('decided'), shows: 'Someone decided “Send it”' },
      { path: await settled('expired'), shows: 'it became “Send it”' },
      { path: await ask({ dueAt: '2020-01-01T09:00:00Z', onTimeout: 'reject' }), shows: 'it becomes “Write another”' },
      { path: await changed({ status: 'withdrawn' }), shows: 'no longer waits for this decision' },
      { path: await changed({ content_hash: 'another' }), shows: 'What is asked has changed' },
      { path: old.path, shows: 'This link is too old to decide' },
      { path: unassigned.path, shows: 'no longer yours' },
      { path: '/g/nobody-made-this', shows: 'This link is not known here' },
      { path: mails, shows: 'Stop these mails?' },
      { path: mails, shows: 'You get no more of these mails', act: press('Unsubscribe') },
      { path: mails, shows: 'You get these mails again', act: press('Subscribe again') },
      { path: await subscription(null), shows: 'This link stops nothing any more' },
      { path: '/u/nobody-made-this', shows: 'This link is not complete' },
    ];
  }

  it('are sound in every state and all views', async () => {
    const page = await stage.visit('/docs');
    const unsound: string[] = [];
    for (const { path, shows, act } of await states()) {
      await page.goto(new URL(path, stage.url).href);
      await act?.(page);
      const isShown = await page
        .getByText(shows)
        .first()
        .waitFor()
        .then(
          () => true,
          () => false,
        );
      const faults = isShown ? await faultsInAllViews(page) : ['it is not there'];
      unsound.push(...faults.map((fault) => `${shows}: ${fault}`));
    }
    expect(unsound).toEqual([]);
    await page.context().close();
  });

  it('decide without any script, and answer a form with what is missing', async () => {
    const { gateId, path } = await linked();
    const page = await stage.visit(path, phone, { javaScriptEnabled: false });
    const status = async () =>
      (
        await kysely(stage.database.system)
          .selectFrom('gate')
          .select('status')
          .where('id', '=', gateId)
          .executeTakeFirst()
      )?.status;
    await page.getByRole('link', { name: 'Go to the decision', exact: true }).click();
    await choose('Write another', '')(page);
    expect(await page.getByRole('alert').textContent()).toBe('This outcome needs a comment');
    expect(await page.getByRole('radio', { name: /^Write another/ }).isChecked()).toBe(true);
    expect(await status()).toBe('open');
    await choose('Write another', 'Too long')(page);
    await page.getByText('You decided “Write another”').waitFor();
    expect(await page.getByText('Too long').count()).toBe(1);
    expect(await status()).toBe('decided');
    await page.reload();
    expect(await page.getByRole('alert').count()).toBe(0);
    await page.context().close();
  });
});

/** A gate with all that a page can show: long words, prose, lists, tables, money, a field and a deadline. */
const everything: Partial<GateSpec> = {
  title: `Refund €1,240.00 to ${word}, who asked for it a fortnight after the course began, or keep the place?`,
  outcomes: [
    { name: 'approve', label: `Send it to ${word}` },
    {
      name: 'adjust',
      label: 'Pay another amount back, because part of the course was taken and the rest was not',
      comment: 'required',
      fields: [{ name: 'amountMinor', label: 'Amount in cents', kind: 'integer', min: 1, max: 124_000 }],
    },
    { name: 'reject', label: 'Write another', comment: 'required' },
  ],
  dueAt: new Date(Date.now() + 40 * 86_400_000).toISOString(),
  onTimeout: 'approve',
  content: {
    subject: `Hello <b>there</b> ${word}`,
    body: `From January I work night shifts, so the Tuesday evenings are out for me.\n\nPlease take me off the course and send back my first instalment. ${word}`,
    paidMinor: 124_000,
    currency: 'EUR',
    startsAt: '2026-11-25T09:00:00Z',
    [word.slice(0, 40)]: word.slice(0, 55),
    checks: ['in time', `no dispute, ${word}`],
    policy: {
      refundable: true,
      plan: { of: 'two', paid: [1] },
      costMicros: { low: 1, expected: 20_000, high: 300_000 },
    },
    lines: [
      {
        item: 'First of two instalments',
        paidOn: '2026-11-11T09:00:00Z',
        method: 'Visa ending 4417',
        amount: '€420.00',
        account: 'course-finance',
        note: null,
      },
      {
        item: word,
        paidOn: '2026-11-18T09:00:00Z',
        method: 'Invoice',
        amount: '€820.00',
        account: 'course-finance',
        note: 'falls away with the refund',
      },
    ],
  },
};
