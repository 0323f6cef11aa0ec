import { buffer } from 'node:stream/consumers';
import type { Locator, Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { zipNames } from '../../../local/zip.ts';
import { letter, rowsCsv } from '../../support/batches.ts';
import { useTour } from './tour.ts';
import type { Way } from './way.ts';
import { byKeyboard, otherPerson } from './ways.ts';

describe('a document owner', () => {
  const tour = useTour();

  it.each(byKeyboard)('goes from a CSV over the review of what was flagged to a ZIP, $name', async (way) => {
    const name = `letters-${tour.tag}`;
    // Two of the twelve letters name a number that is not in their row.
    const flagged = [`P-1003-${tour.tag}`, `P-1007-${tour.tag}`] as const;
    for (const match of flagged) await tour.stage.doubles.addFault({ service: 'llm', fault: 'inventedNumber', match });
    const rows = flagged.reduce((csv, key) => csv.replace(key.slice(0, 'P-1003'.length), key), rowsCsv(12));
    const starter = await tour.stage.open('/', way.view);
    await way.goTo(starter, 'Batches');
    await way.press(starter.getByRole('button', { name: 'New batch', exact: true }).first());
    await upload(way, starter.getByRole('button', { name: 'Choose a file', exact: true }), `${name}.csv`, rows);
    await upload(
      way,
      starter.getByRole('button', { name: 'Take it from a file', exact: true }),
      'letter.json',
      JSON.stringify(letter),
    );
    // The template says which column is one person's: nobody is asked for it (dashboard F13).
    await expect.poll(() => starter.getByLabel('Names the document').inputValue()).toBe('policy');
    await way.write(starter.getByLabel('Brief', { exact: true }), 'Tell customers that their policy is renewed.');
    await way.write(starter.getByLabel('Name of the sender', { exact: true }), 'Acme');
    await way.press(starter.getByRole('button', { name: 'Make the estimate', exact: true }));

    // Who started it decides about none of it.
    await starter.getByRole('link', { name: 'Decide', exact: true }).waitFor();
    const page = await tour.stage.open(new URL(starter.url()).pathname, way.view, otherPerson);
    await starter.context().close();
    await way.press(page.getByRole('link', { name: 'Decide', exact: true }));
    await way.choose(page, { outcome: 'Start generating', number: 1 });
    await way.confirm(page);
    await page.getByText('Recorded. The run goes on.').waitFor();

    await way.goTo(page, 'Batches');
    await way.open(page.getByRole('table').getByRole('link', { name, exact: true }));
    await page.getByRole('link', { name: 'Review 2', exact: true }).waitFor();
    await way.press(page.getByRole('link', { name: 'Review 2', exact: true }));
    await review(page, way, flagged);

    const download = page.getByRole('button', { name: 'Download', exact: true });
    const zip = page.getByRole('menuitem', { name: 'All documents (ZIP)', exact: true });
    await page.getByRole('button', { name: 'Stop…', exact: true }).waitFor({ state: 'detached' });
    await way.press(download);
    const [file] = await Promise.all([page.waitForEvent('download'), way.pick(zip)]);
    const names = zipNames(await buffer(await file.createReadStream()));
    expect(names.filter((each) => each.endsWith('.pdf'))).toHaveLength(11);
    expect(names.join()).not.toContain(flagged[0]);
    expect(names.join()).toContain(flagged[1]);
    await page.context().close();
  });
});

/** Chooses a file in the dialog that a button opens. */
async function upload({ press }: Way, button: Locator, name: string, text: string): Promise<void> {
  const [dialog] = await Promise.all([button.page().waitForEvent('filechooser'), press(button)]);
  await dialog.setFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });
}

/** Looks at both flagged documents, takes the first out at the second try, approves the second, and goes back to the batch. */
async function review(
  page: Page,
  { press, pick, strike, confirm, view }: Way,
  flagged: readonly [string, string],
): Promise<void> {
  const entry = (key: string): Locator =>
    page.getByRole('navigation', { name: 'Documents to decide', exact: true }).getByRole('link', { name: key });
  const row = (key: string): Locator => page.getByRole('heading', { name: `Row ${key}`, exact: true });
  await page.getByText('2 left to decide').waitFor();
  await row(flagged[0]).waitFor();
  // A phone has no room for the list beside the letter.
  if (view.width > 500) {
    await strike(entry(flagged[1]), 'j');
    await row(flagged[1]).waitFor();
    await strike(entry(flagged[0]), 'k');
    await row(flagged[0]).waitFor();
    // One kind of finding at a time.
    await page.goto(`${page.url().split('?')[0]}?finding=length.tooLong`);
    await page.getByText('Nothing of this kind is left here.').waitFor();
    const kinds = page.getByRole('button', { name: /^What the checks found/ });
    await press(kinds);
    await pick(page.getByRole('menuitemradio', { name: /^A number from nowhere/ }));
    await entry(flagged[1]).waitFor();
    await press(kinds);
    await pick(page.getByRole('menuitemradio', { name: 'Whatever was found', exact: true }));
    await row(flagged[0]).waitFor();
  }
  await strike(page.getByRole('button', { name: /^Approve/ }), '1');
  await confirm(page);
  await page.getByText('1 left to decide').waitFor();
  // That was a slip of the hand (dashboard F7).
  await strike(page.getByRole('button', { name: /^Undo/ }), 'z');
  await page.getByText('2 left to decide').waitFor();
  await row(flagged[0]).waitFor();
  await strike(page.getByRole('button', { name: /^Take out/ }), '2');
  await confirm(page);
  await page.getByText('1 left to decide').waitFor();
  await row(flagged[1]).waitFor();
  await strike(page.getByRole('button', { name: /^Approve/ }), '1');
  await page.getByText('It is the last one').waitFor();
  await confirm(page);
  await page.getByText('Every flagged document is decided').waitFor();
  await strike(page.getByRole('link', { name: 'Back to the batch', exact: true }), 'Escape');
}
