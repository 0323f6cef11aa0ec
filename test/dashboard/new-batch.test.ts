import { describe, expect, it } from 'vitest';
import { letter, rowsCsv } from '../support/batches.ts';
import { expectSound } from './faults.ts';
import { failAt, useStage } from './stage.ts';

const mimeType = 'text/plain';

/** Makes the beginning of a CSV take as long as on a slow disk: it is read when `window.disk` says so. */
const slowDisk = `{
  const bytes = Blob.prototype.arrayBuffer;
  const isReady = new Promise((ready) => (window.disk = ready));
  Blob.prototype.arrayBuffer = async function () {
    if (!(this instanceof File)) await isReady;
    return bytes.call(this);
  };
}`;

describe('a batch that is being put together', () => {
  const stage = useStage();

  it('keeps what was chosen while a file was read, and all of it over a reload', async () => {
    const page = await stage.open('/');
    await page.addInitScript({ content: slowDisk });
    await page.goto(`${stage.url}/batches/new`);
    await page.getByLabel('Rows (CSV)').setInputFiles({ name: 'march.csv', mimeType, buffer: Buffer.from(rowsCsv(3)) });
    await page
      .getByLabel('Template (JSON)')
      .setInputFiles({ name: 'letter.json', mimeType, buffer: Buffer.from(JSON.stringify(letter)) });
    await page.getByText('Renewal letter:').waitFor();
    await page.getByLabel('Brief', { exact: true }).fill('Tell them.');
    await page.evaluate('window.disk()');
    await page.getByRole('region', { name: 'The beginning of the file', exact: true }).waitFor();
    const kept = async () => ({
      template: await page.getByText('Renewal letter:').count(),
      brief: await page.getByLabel('Brief', { exact: true }).inputValue(),
      name: await page.getByLabel('Name of the batch').inputValue(),
    });
    expect(await kept()).toEqual({ template: 1, brief: 'Tell them.', name: 'march' });
    await page.reload();
    await page.getByText('Renewal letter:').waitFor();
    expect(await kept()).toEqual({ template: 1, brief: 'Tell them.', name: 'march' });
    await page.context().close();
  });

  it('says why a stored template did not come, and takes it when it is chosen again', async () => {
    const stored = await stage.api.call({
      method: 'PUT',
      url: '/v1/templates/document/renewal',
      cookie: (await stage.api.member(['engineer'])).cookie,
      body: { content: letter },
    });
    expect(stored.status).toBe(200);
    const page = await stage.open('/batches/new');
    const choice = page.getByLabel('A stored template');
    const mend = await failAt(page, '**/v1/templates/document/renewal');
    await choice.selectOption('renewal');
    await page.getByRole('alert').waitFor();
    await expectSound(page);
    mend();
    await choice.selectOption('');
    await choice.selectOption('renewal');
    await page.getByText('Renewal letter:').waitFor();
    await page.getByRole('alert').waitFor({ state: 'detached' });
    await page.context().close();
  });
});
