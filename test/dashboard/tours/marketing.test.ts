import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JourneyDefinition } from '../../../contracts/journeys/journey.schema.ts';
import { missingBrowser } from '../../support/browser.ts';
import { runCommand } from '../../support/cli.ts';
import { eventually } from '../../support/eventually.ts';
import { publishJourney, sampleEvent, sampleJourney } from '../../support/journeys.ts';
import { holdBack } from '../stage.ts';
import { asking } from './journeys.ts';
import { useTour } from './tour.ts';
import { onPhone } from './ways.ts';

describe('marketing ops', () => {
  const tour = useTour();
  let project: string;
  beforeAll(async () => {
    project = await mkdtemp(join(tmpdir(), 'tl-tour-'));
    await mkdir(join(project, 'journeys'));
    if (missingBrowser() === null) await publishJourney(tour.stage.api, tour.key, sampleJourney('before'));
  });
  afterAll(() => rm(project, { recursive: true }));

  /** Pushes a journey from its file, as at a terminal. */
  async function push(definition: JourneyDefinition): Promise<string> {
    const file = join('journeys', `${definition.slug}.ts`);
    await writeFile(join(project, file), `export default ${JSON.stringify(definition)};\n`);
    const end = await runCommand(['push', file], { cwd: project, url: tour.stage.url, key: tour.key });
    return `${end.err}${end.out}`;
  }

  /** A person does what the journey is entered by. */
  async function lapse(slug: string, name: string): Promise<void> {
    const contact = `${slug}-${name}`;
    await tour.call('PUT', `/v1/contacts/${contact}`, { attributes: { name: `${name} of ${slug}` } });
    await tour.call('POST', '/v1/events', { events: [sampleEvent(contact, `${slug}.lapsed`, contact)] });
  }

  it.each(onPhone)('pushes a journey, simulates it, watches people move, and decides, $name', async (way) => {
    const slug = `tour-${tour.tag}`;
    const page = await tour.stage.open('/', way.view);
    await way.goTo(page, 'Journeys');
    await page.getByRole('table').getByRole('link', { name: 'Journey before', exact: true }).waitFor();
    expect(await push(asking(slug))).toBe(`journey ${slug} version 1 is live\n`);
    await way.press(page.getByRole('button', { name: '1 new', exact: true }));
    const row = page.getByRole('table').getByRole('link', { name: `Win-back ${slug}`, exact: true });
    await way.open(row);
    await way.press(page.getByRole('link', { name: 'Simulate', exact: true }));
    await way.select(page.getByLabel('Check the subject line'), 'skip');
    await way.press(page.getByRole('button', { name: 'Simulate', exact: true }));
    await page.getByText('Leaves early').waitFor();

    await way.press(page.getByRole('link', { name: 'Live', exact: true }));
    await stepOf(page, 'Check the subject line').getByText('0 here').waitFor();
    await lapse(slug, 'Ana');
    // The number changes by itself: nothing is reloaded.
    await stepOf(page, 'Check the subject line').getByText('1 here').waitFor();
    await lapse(slug, 'Ben');
    await stepOf(page, 'Check the subject line').getByText('2 here').waitFor();

    // The order of one who left the cart behind is here before the cart.
    await tour.call('PUT', `/v1/contacts/${slug}-Dee`, { attributes: { name: `Dee of ${slug}` } });
    const left = new Date(Date.now() - 60_000).toISOString();
    for (const [name, more] of [
      ['ordered', {}],
      ['lapsed', { occurredAt: left }],
    ] as const) {
      const event = sampleEvent(`${slug}-Dee-${name}`, `${slug}.${name}`, `${slug}-Dee`, more);
      await tour.call('POST', '/v1/events', { events: [event] });
    }
    await eventually('Dee is through', async () => {
      const { text } = await tour.call('GET', `/v1/runs?journey=${slug}&state=ended`);
      return text.includes(`Dee of ${slug}`);
    });

    const openApproval = async (name: string): Promise<void> => {
      await way.goTo(page, 'Inbox');
      const title = new RegExp(`Check the subject line.*${name} of ${slug}`);
      await way.openApproval(page.getByRole('link', { name: title }));
      await page.getByRole('link', { name: `${name} of ${slug}`, exact: true }).waitFor();
    };
    await openApproval('Ana');
    expect(await page.getByRole('link', { name: new RegExp(`Dee of ${slug}`) }).count()).toBe(0);
    await way.choose(page, { outcome: 'Skip', number: 2 });
    expect(await page.getByRole('button', { name: /^Confirm/ }).isDisabled()).toBe(true);
    await way.choose(page, { outcome: 'Skip', number: 2, comment: 'Not this time' });
    await way.confirm(page);
    await eventually('Ana has left', async () => {
      const { text } = await tour.call('GET', `/v1/runs?journey=${slug}`);
      return text.includes('"reason":"refused"');
    });
    await openApproval('Ben');
    await way.choose(page, { outcome: 'Approve and send', number: 1 });
    await way.confirm(page);
    await page.getByText('Recorded. The run goes on.').first().waitFor();

    await way.goTo(page, 'Journeys');
    await way.open(row);
    await stepOf(page, 'Check the subject line').getByText('2 in 24 h').waitFor();
    await stepOf(page, 'Wait for an answer').getByText('1 here').waitFor();
    await way.press(stepOf(page, 'Wait for an answer'));
    await page
      .getByRole('complementary', { name: 'Wait for an answer', exact: true })
      .getByText(`Ben of ${slug}`)
      .waitFor();
    await page.context().close();
  });

  it('stays where the user has gone while a decision was being recorded', async () => {
    const slug = `late-${tour.tag}`;
    await publishJourney(tour.stage.api, tour.key, asking(slug));
    await lapse(slug, 'Cleo');
    const page = await tour.stage.open('/inbox');
    await page.getByRole('link', { name: new RegExp(`Check the subject line.*Cleo of ${slug}`) }).click();
    const releaseAnswer = await holdBack(page, '**/decisions');
    await page.getByRole('button', { name: /^Approve and send/ }).click();
    await page.getByRole('button', { name: /^Confirm/ }).click();
    // The old page is there until the code of the new one has come.
    const releaseCode = await holdBack(page, '**/static/runs-*.js');
    await page.getByRole('link', { name: 'Runs', exact: true }).click();
    await page.waitForURL(`${tour.stage.url}/runs`);
    releaseAnswer();
    await page.getByText('Recorded. The run goes on.').waitFor();
    releaseCode();
    await page
      .getByRole('table')
      .getByRole('link', { name: new RegExp(`Cleo of ${slug}`) })
      .waitFor();
    expect(page.url()).toBe(`${tour.stage.url}/runs`);
    await page.context().close();
  });
});

/** A step in the graph, or in the list that a phone shows instead. */
function stepOf(page: Page, title: string) {
  const node = page.locator('.react-flow__node').filter({ hasText: title });
  const line = page
    .getByRole('list', { name: 'The steps of the journey', exact: true })
    .getByRole('button', { name: new RegExp(`^${title}`) });
  return node.or(line).first();
}
