import { describe, expect, it } from 'vitest';
import { faultsOf, useStage, type View, views } from './stage.ts';

/** Every page that fetches something: its address, what it asks for, and what it shows where nothing has been made yet. */
const pages: [path: string, asks: string, empty: string][] = [
  ['/', '/v1/overview', 'A quiet start'],
  ['/inbox', '/v1/gates', 'Nothing waits for a decision'],
  ['/journeys', '/v1/journeys', 'No journey'],
  ['/courses', '/v1/courses', 'No course'],
  ['/batches', '/v1/batches', 'No batch'],
  ['/runs?state=live', '/v1/runs', 'No run'],
  ['/contacts', '/v1/contacts', 'Nobody'],
  ['/incidents', '/v1/incidents', 'Nothing'],
  ['/admin?tab=keys', '/v1/api-keys', 'No key'],
  ['/admin?tab=audit', '/v1/audit', 'Nothing'],
];

/** Addresses of things that are not there. */
const missingThings = [
  '/runs/01a214d7-0000-7000-8000-000000000000',
  '/journeys/nothing',
  '/courses/nothing/autumn',
  '/enrollments/01a214d7-0000-7000-8000-000000000000',
  '/batches/01a214d7-0000-7000-8000-000000000000',
  '/batches/01a214d7-0000-7000-8000-000000000000/review',
  '/documents/01a214d7-0000-7000-8000-000000000000',
  '/contacts/nothing',
  '/inbox?gate=01a214d7-0000-7000-8000-000000000000',
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

describe('the states of every page', () => {
  const stage = useStage();

  /** Opens a page whose request never comes back, fails, or is refused, and tells what is wrong with what it shows. */
  async function lookAt(
    path: string,
    view: View,
    asks: string,
    answer: 'none' | 'cut' | 'failure',
    shows: RegExp,
  ): Promise<string[]> {
    const page = await stage.open('/admin?tab=you', view);
    await page.context().route(
      (url) => url.pathname === asks,
      async (route) => {
        if (answer === 'cut') await route.abort();
        if (answer === 'failure')
          await route.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify(problem) });
      },
    );
    await page.goto(`${stage.url}${path}`);
    const state = page.getByRole(answer === 'none' ? 'status' : 'alert').filter({ visible: true });
    const words = answer === 'none' ? page.getByRole('status', { name: shows }) : state.filter({ hasText: shows });
    const faults = await words
      .first()
      .waitFor()
      .then(
        () => faultsOf(page, { isSettled: false }),
        () => [`it does not show ${shows}`],
      );
    await page.context().unrouteAll({ behavior: 'ignoreErrors' });
    await page.context().close();
    return faults.map((fault) => `${path} ${answer}: ${fault}`);
  }

  it.each(views)(
    'help where nothing has been made yet, $width wide and $scheme',
    async (view) => {
      const unsound: string[] = [];
      for (const [path, , empty] of pages) {
        const page = await stage.open(path, view);
        const isThere = await page
          .getByText(empty, { exact: false })
          .first()
          .waitFor()
          .then(
            () => true,
            () => false,
          );
        const faults = isThere
          ? await faultsOf(page)
          : [`“${empty}” is not there: ${await page.locator('main').innerText()}`];
        unsound.push(...faults.map((fault) => `${path}: ${fault}`));
        await page.context().close();
      }
      expect(unsound).toEqual([]);
    },
    120_000,
  );

  it('say what happened, what to do and which request it was when the server fails', async () => {
    const unsound: string[] = [];
    for (const [path, asks] of pages)
      unsound.push(...(await lookAt(path, { width: 1440, scheme: 'light' }, asks, 'failure', /request-of-the-test/)));
    expect(unsound).toEqual([]);
  }, 120_000);

  it('say that there is no answer when the line is cut', async () => {
    const unsound: string[] = [];
    for (const [path, asks] of pages)
      unsound.push(...(await lookAt(path, { width: 390, scheme: 'dark' }, asks, 'cut', /cannot be reached/)));
    expect(unsound).toEqual([]);
  }, 240_000);

  it('show that something is being fetched', async () => {
    const unsound: string[] = [];
    for (const [path, asks] of pages)
      unsound.push(...(await lookAt(path, { width: 1440, scheme: 'dark' }, asks, 'none', /Loading/)));
    expect(unsound).toEqual([]);
  }, 120_000);

  it.each(views.filter(({ scheme, width }) => (scheme === 'light') === (width === 1440)))(
    'tell whoever looks for a thing that is not there, $width wide and $scheme',
    async (view) => {
      const unsound: string[] = [];
      for (const path of missingThings) {
        const page = await stage.open(path, view);
        const isTold = await page
          .getByText('This is not here')
          .first()
          .waitFor()
          .then(
            () => true,
            () => false,
          );
        const faults = isTold ? await faultsOf(page) : [`it is not told: ${await page.locator('main').innerText()}`];
        unsound.push(...faults.map((fault) => `${path}: ${fault}`));
        await page.context().close();
      }
      expect(unsound).toEqual([]);
    },
    120_000,
  );

  it('go on once the failure is over and one tries again', async () => {
    const page = await stage.open('/admin?tab=you');
    await page.context().route(
      (url) => url.pathname === '/v1/journeys',
      (route) => route.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify(problem) }),
    );
    await page.goto(`${stage.url}/journeys`);
    await page.getByText(problem.detail).waitFor();
    await page.context().unrouteAll();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('No journey', { exact: false }).first().waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    await page.context().close();
  });
});
