/**
 * Makes docs/screenshots from a running `npm start`: `node test/dashboard/screenshots.ts URL SESSION`, where SESSION is the
 * value of the cookie `tl` of a person who is signed in there. Every page in light, dark and on a phone; the server's own
 * pages by the links of the newest mails.
 */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createDoublesClient } from '../../local/control/client.ts';
import { openBrowser } from '../support/browser.ts';
import { settled } from './settled.ts';

const [url = 'http://127.0.0.1:4400', session = ''] = process.argv.slice(2);
const folder = fileURLToPath(new URL('../../docs/screenshots', import.meta.url));
mkdirSync(folder, { recursive: true });

const ask = async (path: string): Promise<Record<string, unknown>> => {
  const answer = await fetch(`${url}${path}`, { headers: { Cookie: `tl=${session}` } });
  return (await answer.json()) as Record<string, unknown>;
};
const first = async (path: string, stage?: string): Promise<Record<string, string>> => {
  const items = (await ask(path))['items'] as Record<string, string>[];
  return items.find((item) => stage === undefined || item['stage'] === stage) ?? items[0] ?? {};
};
const { mailUrl } = await ask('/v1/system');
const mails = await createDoublesClient(String(mailUrl)).mails();
const fromMail = (place: string): string =>
  mails.map(({ text }) => new RegExp(`/${place}/[\\w.~-]+`).exec(text)?.[0]).findLast((path) => path !== undefined) ??
  `/${place}/none`;
const [gate, run, batch, enrollment, contact] = [
  await first('/v1/gates?status=open&assignedTo=me'),
  await first('/v1/runs?journey=trial'),
  await first('/v1/batches', 'review'),
  await first('/v1/enrollments'),
  await first('/v1/contacts?q=quinn'),
];
const document = await first(`/v1/batches/${batch['id']}/documents?show=flagged`);
const pages: [name: string, path: string][] = [
  ['sign-in', '/sign-in'],
  ['home', '/'],
  ['inbox', `/inbox?gate=${gate['id']}`],
  ['journeys', '/journeys'],
  ['journey', '/journeys/trial'],
  ['versions', '/journeys/trial?tab=versions'],
  ['simulate', '/journeys/trial?tab=simulate'],
  ['courses', '/courses'],
  ['course-run', `/courses/${enrollment['course']}/${enrollment['run']}`],
  ['enrollment', `/enrollments/${enrollment['id']}`],
  ['batches', '/batches'],
  ['new-batch', '/batches/new'],
  ['batch', `/batches/${batch['id']}`],
  ['document', `/documents/${document['id']}`],
  ['review', `/batches/${batch['id']}/review`],
  ['runs', '/runs'],
  ['run', `/runs/${run['id']}`],
  ['people', '/contacts'],
  ['person', `/contacts/${contact['externalId']}`],
  ['incidents', '/incidents'],
  ['admin', '/admin'],
  ['keys', '/admin?tab=keys'],
  ['connections', '/admin?tab=connections'],
  ['models', '/admin?tab=models'],
  ['audit', '/admin?tab=audit'],
  ['storage', '/admin?tab=storage'],
  ['decide', fromMail('g')],
  ['unsubscribe', fromMail('u')],
];

const browser = await openBrowser();
for (const view of [
  { name: 'light', width: 1440, scheme: 'light' },
  { name: 'dark', width: 1440, scheme: 'dark' },
  { name: 'phone', width: 390, scheme: 'light' },
] as const) {
  const context = await browser.newContext({
    viewport: { width: view.width, height: view.width === 390 ? 844 : 900 },
    colorScheme: view.scheme,
    hasTouch: view.width === 390,
    isMobile: view.width === 390,
    reducedMotion: 'reduce',
  });
  await context.addCookies([{ name: 'tl', value: session, url }]);
  const page = await context.newPage();
  for (const [name, path] of pages) {
    await page.goto(`${url}${path}`);
    await settled(page);
    await page.screenshot({ path: `${folder}/${name}-${view.name}.jpeg`, type: 'jpeg', quality: 72 });
  }
  await context.close();
}
await browser.close();
