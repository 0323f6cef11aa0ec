import { kysely } from '../../platform/db/core/kysely.ts';
import { createDb } from '../../platform/db/core/pool.ts';
import { ensureMember } from '../../platform/db/access/provisioning.ts';
import { openSession } from '../../platform/db/access/sessions.ts';
import { hashToken, newToken } from '../../platform/tokens.ts';
import { roles } from '../../contracts/access/access.ts';
import { openBrowser } from '../support/browser.ts';
import { openTestGate } from '../support/gates.ts';
import { startTestStack } from '../support/stack.ts';
import { startProgram } from './http/program.ts';
import { type BenchWorkspace, prepareWorkspace } from './http/workspace.ts';
import { type Line, type Look, look } from './paint/look.ts';
import { median } from './support/median.ts';

/** Approvals that wait, more than a phone shows. */
const gates = 60;
const rounds = 7;
/** A phone in a corridor. */
const mobile: Line = { rttMs: 170, kbps: 9_000 };

const stack = await startTestStack();
const stops: (() => Promise<void>)[] = [() => stack.stop()];
try {
  const { settings } = await prepareWorkspace(stack.adminUrl);
  const token = await fill(settings);
  const program = await startProgram('../../../api/main.js', 24_700, {
    ...settings,
    TEMPORAL_ADDRESS: stack.temporalAddress,
    API_RATE_PER_MINUTE: '1000000000',
  });
  stops.push(() => program.stop());
  const browser = await openBrowser();
  stops.push(() => browser.close());
  const cases = [
    { name: 'a page without script', path: '/g/unknown', selector: 'h1', line: null },
    { name: 'Inbox', path: '/inbox', selector: '[href*="gate="]', line: null },
    { name: 'Home', path: '/', selector: '[href*="gate="]', line: null },
    { name: 'Inbox over 4G', path: '/inbox', selector: '[href*="gate="]', line: mobile },
  ];
  const looks = new Map<string, Look[]>(cases.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1)
    for (const { name, path, selector, line } of cases)
      looks.get(name)?.push(await look(browser, `${program.origin}${path}`, selector, { cookie: token, line }));
  const measured = [...looks].map(([name, each]) => ({
    name,
    firstMs: Math.round(median(each.map(({ firstMs }) => firstMs))),
    doneMs: Math.round(median(each.map(({ doneMs }) => doneMs))),
  }));
  for (const { name, firstMs, doneMs } of measured)
    console.log(`${name.padEnd(24)} first paint ${firstMs} ms, what one came for ${doneMs} ms`);
  const [bare, inbox] = measured;
  const ratio = bare && inbox ? Math.round((inbox.doneMs / bare.doneMs) * 100) / 100 : null;
  console.log(JSON.stringify({ bench: 'paint', gates, rounds, measured, ratio }));
} finally {
  for (const stop of stops.toReversed()) await stop();
}
// Chromium's pipes may stay open after it has closed.
process.exit();

/** Opens approvals, and signs a member in who may decide them. @returns the session's token */
async function fill(settings: BenchWorkspace['settings']): Promise<string> {
  const app = createDb(settings, 'tl_app', 2);
  const owner = createDb(settings, 'tl_owner', 1);
  const { id: workspaceId } = await kysely(owner).selectFrom('workspace').select('id').executeTakeFirstOrThrow();
  for (let n = 0; n < gates; n += 1)
    await openTestGate({ app, workspaceId }, { title: `Check the subject line ${n}`, content: { subject: 'Hello' } });
  const member = { workspaceId, email: 'ana@example.test', name: 'Ana', roles: [...roles] };
  const memberId = await ensureMember(owner, member);
  const token = newToken();
  const expiresAt = new Date(Date.now() + 3_600_000);
  await openSession(app, { tokenHash: hashToken(token), workspaceId, memberId, expiresAt });
  await Promise.all([app.destroy(), owner.destroy()]);
  return token;
}
