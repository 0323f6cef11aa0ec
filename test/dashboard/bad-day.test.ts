import { sql } from 'kysely';
import type { Locator, Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { kysely } from '../../platform/db/core/kysely.ts';
import { keepIncidents, openIncident } from '../../platform/db/runs/incidents.ts';
import { newId } from '../../platform/ids.ts';
import { makeWorld, type World } from '../api/world.ts';
import { shortRun } from '../support/courses.ts';
import { eventually } from '../support/eventually.ts';
import { publishJourney, sampleJourney } from '../support/journeys.ts';
import { faultsOf, phone, wide } from './faults.ts';
import { useStage } from './stage.ts';

describe('a day on which everything goes wrong', () => {
  let world: World;
  const stage = useStage(async () => {
    world = await makeWorld(stage);
  });
  const refused = 'The documents wait for the model: it refuses the key.';

  /** The batch waits for the model, which an operator is to know. */
  async function refuseKey(): Promise<void> {
    const { system, workspaceId } = stage.database;
    const { json } = await stage.api.call({ url: `/v1/batches/${world.ids.liveBatch}`, key: world.key });
    await openIncident(system, { workspaceId, runId: String(json['runId']), kind: 'batch.waits', message: refused });
  }

  it.each([wide, phone])(
    'shows on Home, in the list and on its page that a batch is stuck, and why, $width wide (bad day, a key refused)',
    async (view) => {
      await refuseKey();
      const page = await stage.open('/', view);
      const batches = page.getByRole('region', { name: 'Batches', exact: true });
      await batches.getByText('Stuck', { exact: true }).waitFor();
      await batches.getByText(refused, { exact: true }).waitFor();
      expect(await faultsOf(page)).toEqual([]);
      await stage.go(page, '/batches');
      const list = page.getByRole('table', { name: 'Batches', exact: true });
      await list.getByText('Stuck', { exact: true }).waitFor();
      await stage.go(page, `/batches/${world.ids.liveBatch}`);
      await page.getByText(refused, { exact: true }).waitFor();
      await page.getByText('Stuck', { exact: true }).waitFor();
      expect(await faultsOf(page)).toEqual([]);
      await page.context().close();
    },
  );

  it('says of an incident what to do, with the ways to where it is done (bad day, an incident without advice)', async () => {
    await refuseKey();
    const { system, workspaceId } = stage.database;
    const message = 'A person paid what was not asked for here.';
    await openIncident(system, { workspaceId, runId: null, kind: 'payment.foreign', message });
    const page = await stage.open('/incidents');
    const list = page.getByRole('list', { name: 'Incidents', exact: true });
    const shown = page.getByRole('article', { name: 'Incident', exact: true });
    await list.getByText(message, { exact: true }).click();
    await shown.getByRole('heading', { name: message, exact: true }).waitFor();
    await shown.getByText('Give the money back at Stripe, or leave it: it gives no seat here.').waitFor();
    await list.getByText(refused, { exact: true }).click();
    await shown.getByRole('heading', { name: refused, exact: true }).waitFor();
    await shown.getByRole('link', { name: 'Open the run', exact: true }).waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await shown.getByRole('link', { name: 'Look at the models and their keys', exact: true }).click();
    await page.waitForURL(`${stage.url}/admin?tab=models`);
    await page.context().close();
  });

  it('says who looks after an incident, and ignores one until it grows (issue 14 §4, the drawing of incidents)', async () => {
    const { system, workspaceId } = stage.database;
    const kind = 'mailbox.unread';
    const worse = (size: number) =>
      keepIncidents(system, kind, [{ workspaceId, message: `${size} mails cannot be read.`, detail: { size }, size }]);
    await worse(2);
    const page = await stage.open('/');
    const broken = page.getByRole('region', { name: 'What broke', exact: true });
    await broken.getByRole('link', { name: '2 mails cannot be read.', exact: true }).click();
    const shown = page.getByRole('article', { name: 'Incident', exact: true });
    await shown.getByText('Nobody is on it.').waitFor();
    await shown.getByRole('button', { name: 'Take it', exact: true }).click();
    await shown.getByText('You are on it.').waitFor();
    const acts = shown.getByRole('list', { name: 'What happened', exact: true });
    await acts.getByText('Took an incident', { exact: true }).waitFor();
    const tabs = page.getByRole('navigation', { name: 'Which incidents', exact: true });
    // What was open before is gone once the address has what is open now.
    const isShown = (state: string) => page.waitForURL(`${stage.url}/incidents?state=${state}&incident=*`);
    await tabs.getByRole('link', { name: 'Mine 1', exact: true }).click();
    await isShown('mine');
    const list = page.getByRole('list', { name: 'Incidents', exact: true });
    await list.getByText('2 mails cannot be read.', { exact: true }).waitFor();
    await shown.getByRole('button', { name: 'Ignore until…', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Ignore this incident for a while', exact: true });
    await dialog.getByRole('textbox', { name: 'Or until it is more than', exact: true }).fill('3');
    await dialog.getByRole('textbox', { name: /^Reason/ }).fill('Known');
    await dialog.getByRole('button', { name: 'Ignore', exact: true }).click();
    await shown.getByRole('button', { name: 'Ignore it no longer', exact: true }).waitFor();
    await tabs.getByRole('link', { name: 'Ignored 1', exact: true }).click();
    await isShown('ignored');
    await list.getByText('2 mails cannot be read.', { exact: true }).waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await worse(4);
    await tabs.getByRole('link', { name: 'Mine 1', exact: true }).click();
    await isShown('mine');
    await list.getByText('4 mails cannot be read.', { exact: true }).waitFor();
    await shown.getByRole('button', { name: 'Give it back', exact: true }).click();
    await shown.getByText('Nobody is on it.').waitFor();
    await page.context().close();
  });

  it('gives a learner more time, and writes to learners, to each once (issue 14 §4, the drawing of a course run)', async () => {
    const { api, doubles } = stage;
    const { key } = world;
    const email = `${newId()}@example.com`;
    const of = { ...shortRun, capacity: 3, holdFor: 'P1D' };
    await api.call({ method: 'PUT', url: '/v1/courses/sql/runs/long', key, body: of });
    await api.call({ method: 'PUT', url: '/v1/contacts/lou', key, body: { email } });
    const asked = { course: 'sql', run: 'long', contact: 'lou' };
    const { json } = await api.call({ method: 'POST', url: '/v1/enrollments', key, body: asked });
    const url = `/v1/enrollments/${String(json['id'])}`;
    const held = await eventually('a link to pay by', async () => {
      const { json: now } = await api.call({ url, key });
      return now['checkoutUrl'] === null ? null : (now['seat'] as { expiresAt: string });
    });
    const page = await stage.open('/courses/sql/long?show=attention');
    await page.getByText('Nobody needs you here', { exact: true }).waitFor();
    await stage.go(page, '/courses/sql/long?show=awaitingPayment');
    await page.getByRole('checkbox', { name: 'Choose row 1', exact: true }).check();
    await page.getByRole('button', { name: 'Keep 1 for longer…', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Extend…', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Keep seats for longer', exact: true });
    await dialog.getByRole('list', { name: 'Whom it concerns', exact: true }).getByText('lou').waitFor();
    expect(await faultsOf(page, { within: '[role=dialog]' })).toEqual([]);
    await dialog.getByRole('textbox', { name: /^Reason/ }).fill('on a plane');
    await dialog.getByRole('button', { name: 'Keep for longer', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    await eventually('the seat kept for a day longer', async () => {
      const { expiresAt } = (await api.call({ url, key })).json['seat'] as { expiresAt: string };
      return Date.parse(expiresAt) - Date.parse(held.expiresAt) >= 86_400_000;
    });
    const { subject } = await eventually('the mail', async () =>
      (await doubles.mails()).find((mail) => mail.to.includes(email) && mail.subject.startsWith('More time')),
    );
    expect(subject).toBe('More time for your seat in SQL');

    await page.getByRole('button', { name: 'Message learners', exact: true }).click();
    const letter = page.getByRole('dialog', { name: 'Message learners', exact: true });
    await letter.getByRole('combobox', { name: 'To', exact: true }).selectOption('awaitingPayment');
    await letter.getByText('1 learner', { exact: true }).waitFor();
    await letter.getByRole('textbox', { name: /^Subject/ }).fill('The room');
    await letter.getByRole('textbox', { name: /^Words/ }).fill('We meet in {{ room }}.\n\nBring <b>nothing</b>.');
    expect(await faultsOf(page, { within: '[role=dialog]' })).toEqual([]);
    await letter.getByRole('button', { name: 'Read it before', exact: true }).click();
    await letter.getByText('To 1 learner: lou.').waitFor();
    await letter.getByRole('article', { name: 'How it reads', exact: true }).getByText('We meet in').waitFor();
    await letter.getByRole('button', { name: 'Send to 1 learner', exact: true }).click();
    await letter.waitFor({ state: 'detached' });
    const sent = page.getByRole('region', { name: 'Messages to learners', exact: true });
    await sent.getByText('1 of 1 sent').waitFor();
    const written = (await doubles.mails()).filter((mail) => mail.to.includes(email) && mail.subject === 'The room');
    expect(written.map(({ text }) => text.includes('We meet in {{ room }}.'))).toEqual([true]);
    expect(await faultsOf(page)).toEqual([]);
    await page.context().close();
  });

  it('says before an erasure what it ends, what stands in its way, and what it does not reach (bad day, to be forgotten)', async () => {
    const page = await stage.open('/contacts/third');
    const effects = await askToErase(page, 'third');
    await effects.getByText('stands in the way, for its seat and its money: withdraw them first.').waitFor();
    await effects.getByText('Mails that were sent and files that were downloaded are not reached.').waitFor();
    expect(await page.getByRole('button', { name: 'Erase for good', exact: true }).isDisabled()).toBe(true);
    expect(await faultsOf(page, { within: '[role=dialog]' })).toEqual([]);
    await effects.getByRole('link', { name: 'SQL, Autumn', exact: true }).click();
    await page.waitForURL(`${stage.url}/enrollments/${world.ids.leaving}`);

    await stage.go(page, '/contacts/ana');
    const ofAna = await askToErase(page, 'ana');
    await ofAna.getByRole('link', { name: 'Journey walk v1', exact: true }).waitFor();
    expect(await page.getByRole('button', { name: 'Erase for good', exact: true }).isEnabled()).toBe(true);
    await page.context().close();
  });

  it('shows how far an operation on many runs is, ends it, and says which runs refused it and why (issue 14 §1)', async () => {
    const page = await stage.open('/runs', { width: 1280, scheme: 'light' });
    // All columns are on the page (drawings, the list of runs).
    const last = await page.getByRole('columnheader', { name: 'Cost', exact: true }).boundingBox();
    expect((last?.x ?? Infinity) + (last?.width ?? 0)).toBeLessThanOrEqual(1280);
    // The world's own: to retry a run that did not fail.
    await page.getByRole('button', { name: 'Why 1 refused', exact: true }).click();
    const refusals = page.getByRole('list', { name: 'Runs that did not take it', exact: true });
    await refusals.getByRole('link').first().waitFor();
    expect(await faultsOf(page)).toEqual([]);

    const id = newId();
    const { system, workspaceId } = stage.database;
    // Another process has it in hand until long after this test, so that it stays where it is.
    await kysely(system)
      .insertInto('bulk_operation')
      .values({
        workspace_id: workspaceId,
        id,
        kind: 'pause',
        reason: 'to look',
        selection: '{}',
        actor: JSON.stringify({ kind: 'member', id: newId(), name: 'Mara' }),
        total: 5,
        done: 2,
        refused: 0,
        leased_until: new Date(Date.now() + 86_400_000),
      })
      .execute();
    await page.reload();
    const progress = page.getByRole('region', { name: 'Runs are paused Mara', exact: true });
    await progress.getByText('2 Done', { exact: true }).waitFor();
    await progress.getByRole('button', { name: 'End it here', exact: true }).click();
    await progress.waitFor({ state: 'detached' });
    const row = await kysely(system)
      .selectFrom('bulk_operation')
      .select('state')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    expect(row.state).toBe('cancelled');

    // What the list is narrowed to is kept under a name (drawings, the list of runs).
    await stage.go(page, '/runs?kind=batch');
    await page.getByRole('button', { name: 'Save as view…', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Save as a view', exact: true });
    await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('All batches');
    await dialog.getByRole('button', { name: 'Save', exact: true }).click();
    const views = page.getByRole('navigation', { name: 'Which runs', exact: true });
    const kept = views.getByRole('link', { name: 'All batches', exact: true });
    await kept.waitFor();
    await stage.go(page, '/runs');
    await kept.click();
    await page.waitForURL(`${stage.url}/runs?kind=batch`);
    expect(await faultsOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'Remove this view', exact: true }).click();
    await kept.waitFor({ state: 'detached' });
    await page.context().close();
  });

  it('moves people to the version that they go on in, and says before who moves and who stays (issue 14 §1)', async () => {
    const { api } = stage;
    const { key } = world;
    await publishJourney(api, key, sampleJourney('moved'));
    const begun = { method: 'POST', url: '/v1/journeys/moved/runs', key, body: { contact: 'ana' } } as const;
    expect(await api.call(begun)).toMatchObject({ status: 202 });
    await publishJourney(api, key, {
      ...sampleJourney('moved'),
      steps: [
        { kind: 'waitFor', id: 'first-login', on: { event: 'LoggedIn' }, timeout: 'P2D' },
        { kind: 'delay', id: 'later', for: 'P1D' },
      ],
    });
    const page = await stage.open('/journeys/moved?tab=versions');
    await page.getByRole('button', { name: 'Move 1 person to v2…', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Move people to v2', exact: true });
    await dialog.getByRole('list', { name: 'Who stands where', exact: true }).getByText('First login').waitFor();
    expect(await faultsOf(page, { within: '[role=dialog]' })).toEqual([]);
    await dialog.getByRole('textbox', { name: /^Reason/ }).fill('the newer one is right');
    await dialog.getByRole('button', { name: 'Move', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    const versions = page.getByRole('list', { name: 'Versions', exact: true });
    await versions.getByRole('link').first().getByText('1 in it', { exact: true }).waitFor();
    await page.context().close();
  });

  it('drops what was chosen once a colleague has decided, and sends a changed text on what was seen (bad day, two reviewers; indigo#643)', async () => {
    const { api, database } = stage;
    const { document, documentHash } = world.ids;
    const { json } = await api.call({ url: `/v1/documents/${document}`, key: world.key });
    const batchId = String(json['batchId']);
    // With one more to decide the review is not over with the decision below.
    await kysely(database.system)
      .updateTable('document')
      .set({ is_flagged: true })
      .where('batch_id', '=', batchId)
      .execute();
    const page = await stage.open(`/batches/${batchId}/review?document=${document}`);
    await page.getByRole('button', { name: 'Approve 1', exact: true }).click();
    await page.getByRole('button', { name: /^Confirm “Approve”/ }).waitFor();
    const { cookie } = await api.member(['approver']);
    const decision = { method: 'POST', url: `/v1/documents/${document}/decisions`, cookie } as const;
    const taken = await api.call({ ...decision, body: { decision: 'reject', expectedHash: documentHash } });
    expect(taken.status).toBe(200);
    const takeBack = page.getByRole('button', { name: 'Take the decision back', exact: true });
    await takeBack.waitFor();
    await takeBack.click();
    await takeBack.waitFor({ state: 'detached' });

    await page.getByRole('button', { name: /^Change the text/ }).click();
    const form = page.getByRole('form', { name: 'Change the text', exact: true });
    await form.getByRole('textbox').first().fill('Words of my own.');
    const finding = {
      check: 'facts',
      code: 'facts.number',
      severity: 'error',
      message: 'In another text',
      evidence: null,
    };
    await kysely(database.system)
      .updateTable('document')
      .set({ content_hash: 'another', findings: JSON.stringify([finding]), rev: sql`rev + 1` })
      .where('id', '=', document)
      .execute();
    const pane = page.getByRole('complementary', { name: 'Findings and row', exact: true });
    await pane.getByText(finding.message, { exact: true }).waitFor();
    await form.getByRole('button', { name: /^Check the change/ }).click();
    await form.getByText('What you saw has changed; look again, then decide').waitFor();
    await page.context().close();
  });
});

/** Opens the dialog that erases a person, and types what it asks for. */
async function askToErase(page: Page, externalId: string): Promise<Locator> {
  await page.getByRole('button', { name: 'Erase…', exact: true }).click();
  await page.getByRole('textbox', { name: `Type ${externalId} to confirm`, exact: true }).fill(externalId);
  return page.getByRole('list', { name: 'What the erasure does', exact: true });
}
