import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { kysely } from '../../platform/db/core/kysely.ts';
import { eventually } from '../support/eventually.ts';
import { publishJourney, sampleJourney } from '../support/journeys.ts';
import { faultsOf, look, phone, wide } from './faults.ts';
import { useStage } from './stage.ts';

describe('entering many people', () => {
  let key: string;
  const stage = useStage(async ({ api, database }) => {
    key = await api.key(['journeys:read', 'journeys:write', 'journeys:publish']);
    await publishJourney(api, key, sampleJourney('letter', { entry: [{ event: 'Asked' }] }));
    await sql`insert into contact (workspace_id, external_id, attributes)
      select ${database.workspaceId}, 'pro-' || n, '{"plan": "pro"}' from generate_series(1, 50) n`.execute(
      kysely(database.system),
    );
  });

  it('counts them first, lets them in, and is paused, resumed and ended by who may publish (issue 15)', async () => {
    const page = await stage.open('/journeys/letter', wide, ['designer']);
    const button = (name: string) => page.getByRole('button', { name, exact: true });
    await button('Enter people…').click();
    await page.getByLabel('Attributes').fill('plan = pro');
    await page.getByLabel('A minute at most').fill('1');
    await button('Count them').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('50 people enter', { exact: true }).waitFor();
    expect(await faultsOf(page, { within: '[role=dialog]' })).toEqual([]);
    await dialog.getByLabel('Reason').fill('The autumn letter');
    await button('Enter 50 people').click();
    // One a minute: it goes on for most of an hour.
    await page.getByText('1 a minute at most').waitFor();
    await page.getByRole('listitem').filter({ hasText: 'Entered' }).waitFor();
    await button('Pause').last().click();
    await page.getByText('paused · 1 a minute at most').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await look(page, phone);
    expect(await faultsOf(page)).toEqual([]);
    await look(page, wide);
    await button('Resume').last().click();
    await button('Pause').last().waitFor();
    await button('End it here').click();
    await button('End it here').waitFor({ state: 'detached' });
    await eventually('who has entered waits in a pool', async () => {
      const runs = kysely(stage.database.system).selectFrom('run').select(['status', 'pool']);
      const [run] = await runs.where('workspace_id', '=', stage.database.workspaceId).execute();
      return run?.status === 'waiting' && run.pool !== null;
    });
    await page.context().close();
  });

  it('names ids that nobody has, and lets in the others', async () => {
    const page = await stage.open('/journeys/letter', wide, ['designer']);
    await page.getByRole('button', { name: 'Enter people…', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Who').selectOption('Those of a list');
    await dialog.getByLabel('External ids').fill('pro-50\nnobody-at-all');
    await dialog.getByRole('button', { name: 'Count them', exact: true }).click();
    await dialog.getByText('1 id is unknown: nobody-at-all').waitFor();
    expect(await dialog.getByText('1 person enters', { exact: true }).count()).toBe(1);
    await page.context().close();
  });

  it('is offered to nobody who may not publish', async () => {
    const page = await stage.open('/journeys/letter', wide, ['viewer']);
    await page.getByRole('heading', { name: 'Journey letter', exact: true }).first().waitFor();
    expect(await page.getByRole('button', { name: 'Enter people…', exact: true }).count()).toBe(0);
    await page.context().close();
  });
});
