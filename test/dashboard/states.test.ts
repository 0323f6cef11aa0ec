import type { Page } from 'playwright';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openIncident } from '../../platform/db/runs/incidents.ts';
import { endLife, live, noteLastWords } from '../../platform/db/runs/worker-lives.ts';
import { newId } from '../../platform/ids.ts';
import { settings } from '../support/settings.ts';
import { complaintsOf, faultsInAllViews, faultsOf, overflowOf } from './faults.ts';
import { hurry, startClock } from './hurry.ts';
import { settled } from './settled.ts';
import { useStage } from './stage.ts';

/** Every page that fetches something: its address, what it asks for, and what it shows where nothing has been made yet. */
const pages: [path: string, asks: string, empty: string][] = [
  ['/', '/v1/overview', 'A quiet start'],
  ['/inbox', '/v1/gates', 'Nothing waits for a decision'],
  ['/journeys', '/v1/journeys', 'No journey'],
  ['/courses', '/v1/courses', 'No course'],
  ['/batches', '/v1/batches', 'No batch'],
  ['/runs?state=live', '/v1/runs', 'No run'],
  ['/contacts', '/v1/contacts', 'Nobody'],
  ['/incidents?state=resolved', '/v1/incidents', 'Nothing'],
  ['/admin?tab=keys', '/v1/api-keys', 'No key'],
  ['/admin?tab=audit', '/v1/audit', 'Nothing'],
];

/** Addresses of things that are not there, what each says, and the list that it leads to. */
const missingThings: [path: string, shows: string, leadsTo: string][] = [
  ['/runs/01a214d7-0000-7000-8000-000000000000', 'There is no such run', 'All runs'],
  ['/journeys/nothing', 'There is no such journey', 'All journeys'],
  ['/courses/nothing/autumn', 'There is no such course run', 'All courses'],
  ['/enrollments/01a214d7-0000-7000-8000-000000000000', 'There is no such enrollment', 'All courses'],
  ['/batches/01a214d7-0000-7000-8000-000000000000', 'There is no such batch', 'All batches'],
  ['/batches/01a214d7-0000-7000-8000-000000000000/review', 'There is no such batch', 'All batches'],
  ['/documents/01a214d7-0000-7000-8000-000000000000', 'There is no such document', 'All batches'],
  ['/contacts/nothing', 'There is no such person', 'All people'],
  ['/inbox?gate=01a214d7-0000-7000-8000-000000000000', 'There is no such decision', 'All decisions'],
];

const problem = {
  type: 'about:blank',
  title: 'Internal Server Error',
  status: 500,
  code: 'internal',
  detail: 'Something failed on our side',
  errors: [],
  requestId: 'request-of-the-test',
};
/**
 * So many pages show in all views what the same parts of the dashboard say on each; the others say it wide and light, what is empty alone by
 * axe; at night all in all views.
 */
const inAllViews = settings.isAxeFull ? Infinity : 2;
/** What is wrong with a page without axe, which has looked at the same parts before. */
const plainFaultsOf = async (page: Page): Promise<string[]> => [...(await overflowOf(page)), ...complaintsOf(page)];
const failure = { status: 500, contentType: 'application/problem+json', body: JSON.stringify(problem) };

describe('the states of every page', () => {
  const stage = useStage();

  /** Opens pages where a request never comes back, fails, or is refused, and says what is wrong with what they show. */
  async function faultsWhere(
    answer: 'none' | 'cut' | 'failure',
    shows: RegExp,
    of: readonly (typeof pages)[number][] = pages,
  ): Promise<string[]> {
    const page = await stage.open('/paid');
    if (answer === 'cut') await startClock(page);
    await page.goto(`${stage.url}/admin?tab=you`);
    let struck = '';
    await page.route(
      (url) => url.pathname === struck,
      async (route) => {
        if (answer === 'cut') await route.abort();
        if (answer === 'failure') await route.fulfill(failure);
      },
    );
    const unsound: string[] = [];
    for (const [at, [path, asks]] of of.entries()) {
      // No state of the page before is left then.
      await stage.go(page, '/admin?tab=you');
      await page.getByText('Set the password').first().waitFor();
      struck = asks;
      await stage.go(page, path);
      const alert = page.getByRole('alert').filter({ visible: true }).filter({ hasText: shows });
      const isShown = (answer === 'none' ? page.getByRole('status', { name: shows }) : alert).first().waitFor();
      await (answer === 'cut' ? hurry(page, isShown) : isShown);
      const faults =
        at < inAllViews
          ? await faultsInAllViews(page, { isSettled: false, within: 'main' })
          : await plainFaultsOf(page);
      unsound.push(...faults.map((fault) => `${path}: ${fault}`));
    }
    await page.context().close();
    return unsound;
  }

  /** Goes to every address and says what is wrong where it does not show its words, or with what it shows. */
  async function faultsAt(
    places: readonly (readonly [path: string, ...shows: string[]])[],
    others: (page: Page, options: { within: string }) => Promise<string[]>,
  ): Promise<string[]> {
    const page = await stage.open('/');
    const unsound: string[] = [];
    for (const [at, [path, ...shows]] of places.entries()) {
      await stage.go(page, path);
      await settled(page);
      const text = await page.locator('main').innerText();
      const missing = shows.filter((words) => !text.includes(words)).map((words) => `“${words}” is not in: ${text}`);
      const look = at < inAllViews ? faultsInAllViews : others;
      const faults = missing.length > 0 ? missing : await look(page, { within: 'main' });
      unsound.push(...faults.map((fault) => `${path}: ${fault}`));
    }
    await page.context().close();
    return unsound;
  }

  it('help where nothing has been made yet', async () => {
    const empty = pages.map(([path, , shows]) => [path, shows] as const);
    expect(await faultsAt(empty, faultsOf)).toEqual([]);
  });

  it('say what happened, what to do and which request it was when the server fails', async () => {
    expect(await faultsWhere('failure', /request-of-the-test/)).toEqual([]);
  });

  it('say that there is no answer when the line is cut', async () => {
    // It looks like a failure of the server.
    const some = settings.isAxeFull ? pages : pages.slice(0, 2);
    expect(await faultsWhere('cut', /cannot be reached/, some)).toEqual([]);
  });

  it('show that something is being fetched', async () => {
    expect(await faultsWhere('none', /Loading/)).toEqual([]);
  });

  it('say of a thing that is not there which kind of thing it is, and where to look', async () => {
    expect(await faultsAt(missingThings, plainFaultsOf)).toEqual([]);
  });

  it('say on every page which part of the installation holds everything up', async () => {
    const page = await stage.open('/admin?tab=you');
    await page.route('**/v1/system', async (route) => {
      const system = (await (await route.fetch()).json()) as object;
      await route.fulfill({ json: { ...system, unavailable: ['temporal', 'databaseDisk'] } });
    });
    await page.goto(`${stage.url}/journeys`);
    await page.getByText('Temporal cannot be reached.').waitFor();
    await page.getByText('The disk of Postgres is full.').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.context().close();
  });

  it('say on every page that workers keep dying, and where more is known', async () => {
    const { system, workspaceId } = stage.database;
    const message = 'Worker processes keep dying: 7 within ten minutes';
    // Where none has died, the worker of this installation resolves the incident within seconds.
    const dead = { id: newId(), process: 'a worker of this test' };
    await live(system, dead);
    await noteLastWords(system, dead, 'Out of memory');
    onTestFinished(() => endLife(system, dead));
    await openIncident(system, { workspaceId, runId: null, kind: 'worker.dying', message });
    const page = await stage.open('/journeys');
    await page.getByText('Worker processes keep dying. Work is slow and not lost.').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.getByRole('link', { name: 'What is known', exact: true }).click();
    await page.getByRole('list', { name: 'Incidents', exact: true }).getByText(message, { exact: true }).waitFor();
    await page.context().close();
  });

  it('go on once the failure is over and one tries again', async () => {
    const page = await stage.open('/paid');
    // It is over with the click: the page asks again by itself every few seconds, and the button would be gone before it is pressed.
    await page.addInitScript("addEventListener('click', () => (window.hasTried = true), true)");
    await page.route('**/v1/journeys?*', async (route) => {
      const isOver = await page.evaluate('window.hasTried === true');
      await (isOver ? route.continue() : route.fulfill(failure));
    });
    await page.goto(`${stage.url}/journeys`);
    await page.getByText(problem.detail).waitFor();
    await page.getByRole('button', { name: 'Try again', exact: true }).dispatchEvent('click');
    await page.getByText('No journey', { exact: false }).first().waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    await page.context().close();
  });
});
