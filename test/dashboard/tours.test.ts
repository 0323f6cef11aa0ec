import { readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JourneyDefinition } from '../../contracts/journey.ts';
import { scopes } from '../../contracts/access.ts';
import { zipNames } from '../../cli/demo/zip-names.ts';
import { missingBrowser } from '../support/browser.ts';
import { letter, rowsCsv } from '../support/batches.ts';
import { shortRun } from '../support/courses.ts';
import { eventually } from '../support/engine.ts';
import { publishJourney, sampleEvent, sampleJourney } from '../support/journeys.ts';
import { type Stage, startStage, type View } from './stage.ts';

const wide: View = { width: 1440, scheme: 'light' };
const phone: View = { width: 390, scheme: 'dark' };

/** How somebody goes through the pages: with a mouse or a finger, or by keyboard alone. */
const ways: { name: string; view: View; use: (target: Locator) => Promise<void> }[] = [
  { name: 'with a mouse', view: wide, use: (target) => target.click() },
  { name: 'on a phone', view: phone, use: (target) => target.tap() },
  {
    name: 'by keyboard',
    view: wide,
    use: async (target) => {
      await target.focus();
      await target.press('Enter');
    },
  },
];

/** A journey that asks a person, waits for an answer, and sends a mail. */
const asking = (slug: string): JourneyDefinition =>
  sampleJourney(slug, {
    name: `Win-back ${slug}`,
    entry: [{ event: `${slug}.lapsed` }],
    steps: [
      {
        kind: 'approval',
        id: 'check',
        title: 'Check the subject line',
        assign: { kind: 'role', id: 'approver' },
        show: { kind: 'object', fields: { subject: { kind: 'literal', value: 'We miss you' } } },
        outcomes: [
          { name: 'approve', label: 'Approve and send', steps: [] },
          { name: 'skip', label: 'Skip', comment: 'required', steps: [{ kind: 'exit', id: 'out', reason: 'refused' }] },
        ],
      },
      { kind: 'waitFor', id: 'reply', title: 'Wait for an answer', on: { event: 'answered' }, timeout: 'P5D' },
    ],
  });

describe('the tours', () => {
  let stage: Stage;
  let key: string;
  let count = 0;
  const missing = missingBrowser();
  beforeEach(({ skip }) => {
    if (missing !== null) skip(missing);
    count += 1;
  });
  beforeAll(async () => {
    if (missing !== null) return;
    stage = await startStage();
    key = await stage.api.key([...scopes]);
  }, 60_000);
  afterAll(() => stage?.stop());

  const call = (method: 'PUT' | 'POST' | 'GET', url: string, body?: object) =>
    stage.api.call({ method, url, key, body });

  describe.each(ways)('$name', ({ view, use }) => {
    it('marketing ops simulates a journey, watches people move, and decides', async () => {
      const slug = `tour-${count}`;
      await publishJourney(stage.api, key, asking(slug));
      const page = await stage.open('/journeys', view);
      await use(page.getByRole('link', { name: `Win-back ${slug}` }));
      await use(page.getByRole('link', { name: 'Simulate' }));
      await page.getByLabel('Check the subject line').selectOption('skip');
      await use(page.getByRole('button', { name: 'Simulate' }));
      await page.getByText('Leaves early').waitFor();

      await use(page.getByRole('link', { name: 'Live' }));
      await call('PUT', `/v1/contacts/${slug}`, { attributes: { name: `Ana of ${slug}` } });
      await call('POST', '/v1/events', { events: [sampleEvent(slug, `${slug}.lapsed`, slug)] });
      // The number changes by itself: nothing is reloaded.
      await page.getByText('1 here').first().waitFor();

      await use(page.getByRole('link', { name: /^Inbox/ }).filter({ visible: true }));
      await use(page.getByRole('link', { name: new RegExp(`Check the subject line.*Ana of ${slug}`) }));
      await use(page.getByRole('button', { name: /^Skip/ }));
      expect(await page.getByRole('button', { name: /^Confirm/ }).isDisabled()).toBe(true);
      await page.getByRole('textbox', { name: 'Comment' }).fill('Not this time');
      await use(page.getByRole('button', { name: /^Confirm/ }));
      await page.getByText('Recorded. The run goes on.').waitFor();
      await eventually('the run left', async () => {
        const { json } = await call('GET', `/v1/runs?journey=${slug}`);
        return JSON.stringify(json).includes('"reason":"refused"');
      });
      await page.context().close();
    });

    it('a course operator enrolls, fills the run, accepts an offer and decides a refund', async () => {
      const slug = `course-${count}`;
      await call('PUT', `/v1/courses/${slug}`, {
        title: `SQL ${count}`,
        prerequisites: [],
        completion: { moveOn: 'completed' },
      });
      await call('PUT', `/v1/courses/${slug}/runs/autumn`, { ...shortRun, priceMinor: 0, offerFor: 'PT1H' });
      for (const name of ['first', 'second'])
        await call('PUT', `/v1/contacts/${slug}-${name}`, {
          email: `${slug}-${name}@example.test`,
          attributes: { name: `${name} ${slug}` },
        });
      const page = await stage.open(`/courses/${slug}/autumn`, view);
      for (const name of ['first', 'second']) {
        await use(page.getByRole('button', { name: 'Add a learner' }));
        await page.getByLabel('External id of the person').fill(`${slug}-${name}`);
        await use(page.getByRole('dialog').getByRole('button', { name: 'Add the learner' }));
        await page
          .getByRole('link', { name: `${name} ${slug}` })
          .first()
          .waitFor();
        if (name === 'first') await page.getByText('1 of 1 seats confirmed').waitFor();
      }
      await page.getByText('Place 1 in the queue').first().waitFor();

      await use(page.getByRole('table').getByRole('link', { name: `first ${slug}` }));
      await use(page.getByRole('button', { name: 'Withdraw…' }));
      await page.getByLabel('Reason').fill('Moving away');
      await use(page.getByRole('dialog').getByRole('button', { name: 'Withdraw' }));
      await page.getByText('Ended').first().waitFor();

      await page.goto(`${stage.url}/courses/${slug}/autumn`);
      await use(page.getByRole('table').getByRole('link', { name: `second ${slug}` }));
      await use(page.getByRole('button', { name: 'Accept the offer' }));
      await use(page.getByRole('dialog').getByRole('button', { name: 'Accept the offer' }));
      await page.getByText('Confirmed').first().waitFor();
      expect(await page.getByRole('button', { name: 'Accept the offer' }).count()).toBe(0);
      await page.context().close();
    }, 60_000);

    it('an admin sees a run that was terminated in Temporal, and why; pauses another', async () => {
      const slug = `ops-${count}`;
      await publishJourney(stage.api, key, asking(slug));
      await call('PUT', `/v1/contacts/${slug}`, { attributes: { name: `Ben of ${slug}` } });
      const started = await call('POST', `/v1/journeys/${slug}/runs`, { contact: slug });
      const id = String(started.json['runId']);
      const page = await stage.open(`/runs?journey=${slug}`, view);
      await use(page.getByRole('link', { name: new RegExp(`Ben of ${slug}`) }));
      await page.getByText('A person has to decide').waitFor();
      await use(page.getByRole('button', { name: 'Pause' }));
      await page.getByLabel('Reason').fill('A look first');
      await use(page.getByRole('dialog').getByRole('button', { name: 'Pause' }));
      await page.getByText('Paused at “Check the subject line”').waitFor();

      const { workflow_id: workflowId } = await stage.database.system
        .selectFrom('run')
        .select('workflow_id')
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
      await stage.worker.engine.temporal.client.workflow.getHandle(workflowId).terminate('by hand, in Temporal');
      await page.getByText('Terminated').first().waitFor({ timeout: 90_000 });
      expect(await page.getByRole('button', { name: /Pause|Resume|Rewind/ }).count()).toBe(0);
      await page.context().close();
    }, 120_000);

    it('a document owner goes from a CSV to a ZIP', async () => {
      const page = await stage.open('/batches', view);
      await use(page.getByRole('button', { name: 'New batch' }).first());
      await page
        .getByLabel('Rows (CSV)')
        .setInputFiles({ name: `letters-${count}.csv`, mimeType: 'text/csv', buffer: Buffer.from(rowsCsv(12)) });
      await page.getByLabel('Template (JSON)').setInputFiles({
        name: 'letter.json',
        mimeType: 'application/json',
        buffer: Buffer.from(JSON.stringify(letter)),
      });
      await page.getByLabel('Names the document').selectOption('policy');
      await page.getByLabel('Brief', { exact: true }).fill('Tell customers that their policy is renewed.');
      await page.getByLabel('Sender as JSON').fill('{ "name": "Acme" }');
      await use(page.getByRole('button', { name: 'Make the estimate' }));
      await use(page.getByRole('link', { name: 'Decide' }));
      await use(page.getByRole('button', { name: /^Start generating/ }));
      await use(page.getByRole('button', { name: /^Confirm/ }));
      await page.getByText('Recorded. The run goes on.').waitFor();

      await page.goto(`${stage.url}/batches`);
      await use(page.getByRole('link', { name: `letters-${count}` }));
      const zip = page.getByRole('menuitem', { name: 'All documents (ZIP)' });
      const download = page.getByRole('button', { name: 'Download' });
      await Promise.race([download.waitFor({ timeout: 60_000 }), finishReview(page)]);
      await download.waitFor({ timeout: 60_000 });
      await use(download);
      const [file] = await Promise.all([page.waitForEvent('download'), use(zip)]);
      const names = zipNames(readFileSync(await file.path()));
      expect(names.filter((name) => name.endsWith('.pdf')).length).toBeGreaterThan(8);
      await page.context().close();
    }, 180_000);
  });

  /** Approves what the checks have flagged, if anything, until nothing is left. */
  async function finishReview(page: Page): Promise<void> {
    const review = page.getByRole('link', { name: /^Review \d/ });
    await review.waitFor({ timeout: 60_000 });
    await review.click();
    const approve = page.getByRole('button', { name: /^Approve/ });
    const over = page.getByText('Every flagged document is decided');
    while (
      await approve
        .or(over)
        .first()
        .waitFor()
        .then(() => approve.isVisible())
    ) {
      const shown = page.url();
      await page.keyboard.press('1');
      await page.waitForURL((url) => url.href !== shown, { timeout: 5_000 }).catch(() => undefined);
      if (await over.isVisible()) break;
    }
    await page.getByRole('link', { name: 'Back to the batch' }).click();
  }
});
