import { describe, expect, it } from 'vitest';
import { createLogger } from '../../../platform/log.ts';
import { eventually } from '../../support/eventually.ts';
import { publishJourney } from '../../support/journeys.ts';
import { reconcileClosed } from '../../../worker/background/reconciler.ts';
import { asking, writing } from './journeys.ts';
import { useTour } from './tour.ts';
import { byKeyboard } from './ways.ts';
import { kysely } from '../../../platform/db/core/kysely.ts';

const quiet = createLogger({ name: 'test', level: 'silent' });

describe('an admin', () => {
  const tour = useTour();

  /** Starts a journey for a person; returns the run's id. */
  async function start(journey: string, name: string): Promise<string> {
    const contact = `${journey}-${name}`;
    const person = { email: `${contact}@example.test`, attributes: { name: `${name} of ${journey}` } };
    await tour.call('PUT', `/v1/contacts/${contact}`, person);
    const { json } = await tour.call('POST', `/v1/journeys/${journey}/runs`, { contact });
    return String(json['runId']);
  }

  const until = (what: string, runId: string, holds: (run: Record<string, unknown>) => boolean): Promise<unknown> =>
    eventually(what, async () => holds((await tour.call('GET', `/v1/runs/${runId}`)).json));

  it.each(byKeyboard)(
    'finds a run that failed and mends it, and one that is stuck, sees why, settles and rewinds it, $name',
    async (way) => {
      const slug = `mail-${tour.tag}`;
      const control = tour.stage.doubles;
      await publishJourney(tour.stage.api, tour.key, writing(slug));
      const refused = {
        service: 'mail',
        fault: 'reply',
        at: 'rcpt',
        code: 550,
        match: `${slug}-Fay`,
        count: 1,
      } as const;
      await control.addFault(refused);
      await control.addFault({ service: 'mail', fault: 'drop', at: 'dot', match: `${slug}-Sam` });
      await until('Fay’s run fails', await start(slug, 'Fay'), ({ status }) => status === 'failed');
      await until('Sam’s run is in trouble', await start(slug, 'Sam'), ({ trouble }) => trouble !== null);

      const page = await tour.stage.open('/', way.view);
      const list = page.getByRole('table', { name: 'Runs', exact: true });
      const tab = (name: string) =>
        page
          .getByRole('navigation', { name: 'Which runs', exact: true })
          .getByRole('link', { name: new RegExp(`^${name}`) });
      await way.goTo(page, 'Runs');
      await way.press(tab('Failed'));
      await list.getByText('The mail server refused the recipient (550).').first().waitFor();
      await way.open(list.getByRole('link', { name: new RegExp(`^Fay of ${slug}`) }));
      await page.getByRole('heading', { name: /The mail server refused the recipient \(550\)\./ }).waitFor();
      expect(await page.getByRole('button', { name: /Pause|Resume/ }).count()).toBe(0);
      await way.press(page.getByRole('button', { name: 'Retry…', exact: true }));
      await way.write(page.getByRole('dialog').getByLabel('Reason'), 'Their mailbox is there again');
      await way.press(page.getByRole('dialog').getByRole('button', { name: 'Retry', exact: true }));
      await page.getByRole('heading', { name: /“Wait for an answer”: waiting until/ }).waitFor();
      // They have no first name, and got it once.
      const toFay = (await control.mails()).filter(({ to }) => to.includes(`${slug}-Fay@example.test`));
      expect(toFay.map(({ subject }) => subject)).toEqual(['Hello there']);

      await way.goTo(page, 'Runs');
      await way.press(tab('Needs attention'));
      await list.getByText('The mail was handed over and no reply came').first().waitFor();
      await way.open(list.getByRole('link', { name: new RegExp(`^Sam of ${slug}`) }));
      await page.getByRole('heading', { name: /^The mail was handed over and no reply came/ }).waitFor();
      await page.getByText('Outcome unknown').first().waitFor();
      await way.press(page.getByRole('button', { name: 'I know how it ended…', exact: true }));
      await way.check(page.getByRole('radio', { name: 'Yes, it happened', exact: true }));
      await way.write(page.getByLabel('Reason'), 'It is in the outbox');
      await way.press(page.getByRole('dialog').getByRole('button', { name: 'Record it', exact: true }));
      await page.getByText('Cleared up by a person').first().waitFor();
      await way.press(page.locator('summary', { hasText: '1 call to the outside' }));
      await page.getByText('“It is in the outbox”').waitFor();
      await page.getByRole('heading', { name: /“Wait for an answer”: waiting until/ }).waitFor();

      await way.press(page.getByRole('button', { name: 'Rewind to…', exact: true }));
      await way.check(page.getByRole('radio', { name: /^At “Say hello”/ }));
      await page.getByText('1 thing stays done and is not repeated: Say hello').waitFor();
      await way.write(page.getByRole('dialog').getByLabel('Reason'), 'Wait once more');
      await way.press(page.getByRole('dialog').getByRole('button', { name: 'Rewind', exact: true }));
      await page.getByText('Rewound here by a person').waitFor();
      const mails = await control.mails();
      expect(mails.filter(({ to }) => to.includes(`${slug}-Sam@example.test`))).toHaveLength(1);
      await page.context().close();
    },
  );

  it.each(byKeyboard)(
    'pauses a run, which outlives its workflow in Temporal, and terminates it, $name',
    async (way) => {
      const slug = `ops-${tour.tag}`;
      await publishJourney(tour.stage.api, tour.key, asking(slug));
      const id = await start(slug, 'Ben');
      await until('it asks', id, ({ gateIds }) => Array.isArray(gateIds) && gateIds.length > 0);
      const page = await tour.stage.open('/', way.view);
      await way.goTo(page, 'Runs');
      await way.open(
        page
          .getByRole('table', { name: 'Runs', exact: true })
          .getByRole('link', { name: new RegExp(`^Ben of ${slug}`) }),
      );
      await page.getByText('A person has to decide').waitFor();
      await way.press(page.getByRole('button', { name: 'Pause', exact: true }));
      await way.write(page.getByLabel('Reason'), 'A look first');
      await way.press(page.getByRole('dialog').getByRole('button', { name: 'Pause', exact: true }));
      await page.getByText('Paused at “Check the subject line”').waitFor();

      const { workflow_id: workflowId } = await kysely(tour.stage.database.system)
        .selectFrom('run')
        .select('workflow_id')
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
      await tour.stage.temporal.client.workflow.getHandle(workflowId).terminate('by hand, in Temporal');
      // The worker's own pass comes every ten seconds.
      const deps = {
        db: tour.stage.database.system,
        client: tour.stage.temporal.client,
        deployment: tour.stage.deployment,
        log: quiet,
      };
      await eventually('it has a new execution', async () => {
        await reconcileClosed(deps);
        return (await tour.stage.temporal.client.workflow.getHandle(workflowId).describe()).status.name === 'RUNNING';
      });
      await page.getByText('Paused at “Check the subject line”').waitFor();
      await way.press(page.getByRole('banner').getByRole('button', { name: 'More', exact: true }));
      await way.pick(page.getByRole('menuitem', { name: 'Terminate…', exact: true }));
      await way.write(page.getByLabel('Reason'), 'Enough');
      await way.press(page.getByRole('dialog').getByRole('button', { name: 'Terminate the run', exact: true }));
      await page.getByRole('heading', { name: 'Enough', exact: true }).waitFor();
      await page.getByText('Terminated', { exact: true }).first().waitFor();
      await page
        .getByRole('button', { name: /^Retry/ })
        .first()
        .waitFor();
      expect(await page.getByRole('button', { name: /Pause|Resume/ }).count()).toBe(0);
      await page.context().close();
    },
  );
});
