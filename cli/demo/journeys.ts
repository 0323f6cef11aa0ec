import { join } from 'node:path';
import { loadJourney } from '../push/load-journey.ts';
import { pushJourney } from '../push/push-journey.ts';
import type { DemoEnd, DemoParts } from './parts.ts';
import { until } from './until.ts';

/**
 * The welcome series for two people: the model writes each a subject, a person approves it. Ana logs in and gets the tips for her
 * plan; Ben never does and is reminded.
 */
export async function runJourneyDemo(parts: DemoParts): Promise<DemoEnd> {
  const { client, doubles, decider, examples, say, tag } = parts;
  const loaded = await loadJourney(join(examples, 'journeys', 'welcome.ts'));
  if (!loaded) throw new Error('examples/journeys/welcome.ts exports no journey');
  const pushed = await pushJourney(client, loaded, false);
  if (!pushed.ok) throw new Error(`The welcome series was refused: ${JSON.stringify(pushed.problems)}`);
  say(`  Journey: “${pushed.slug}” is live as version ${pushed.version}`);

  const ana = {
    contact: `ana-${tag}`,
    name: 'Ana',
    plan: 'pro',
    stage: 'active',
    subjects: ['Three things to try first'],
  };
  const ben = { contact: `ben-${tag}`, name: 'Ben', plan: 'free', stage: null, subjects: ['Your account is waiting'] };
  const people = [ana, ben];
  const runs: string[] = [];
  for (const { contact, name, plan } of people) {
    await client.contacts.put(contact, { email: `${contact}@example.com`, attributes: { firstName: name } });
    await send(parts, contact, 'user.signed_up', { plan });
    const { items } = await until(`the run of ${contact}`, async () => {
      const page = await client.runs.list({ kind: 'journey', contact });
      return page.items.length > 0 && page;
    });
    for (const { id } of items) {
      decider.adopt(id, { choose: () => 'approve' });
      runs.push(id);
    }
  }
  say(`  Journey: ${ana.contact} and ${ben.contact} have signed up`);

  await until('the wait for a login', async () => {
    const run = await client.runs.show(runs[0] ?? '');
    return run.currentStep === 'first-login' && run.status === 'waiting';
  });
  await send(parts, ana.contact, 'user.logged_in', { device: 'laptop' });
  say(`  Journey: ${ana.contact} logs in for the first time`);

  const ended = await Promise.all(
    runs.map((id) =>
      until('the end of a journey', async () => {
        const run = await client.runs.show(id);
        return run.endedAt !== null && run;
      }),
    ),
  );
  const mails = await doubles.mails();
  const isRight = people.map(({ contact, subjects }) => {
    const got = mails.filter((mail) => mail.to.includes(`${contact}@example.com`)).map((mail) => mail.subject);
    // The first is the one with the model's subject.
    return got.length === subjects.length + 1 && subjects.every((subject) => got.includes(subject));
  });
  const { attributes } = await client.contacts.show(ana.contact);
  return {
    ok: ended.every((run) => run.status === 'completed') && isRight.every(Boolean) && attributes['stage'] === ana.stage,
    outcome: people.map(({ contact }, at) => `${contact} ${ended[at]?.status ?? ''}`).join(', '),
  };
}

async function send(
  { client }: DemoParts,
  contact: string,
  name: string,
  properties: Record<string, string>,
): Promise<void> {
  const answer = await client.events.send([
    { id: `${name}-${contact}`, name, contact, occurredAt: new Date().toISOString(), properties },
  ]);
  if (answer.rejected.length > 0) throw new Error(`${name} was refused: ${answer.rejected[0]?.message ?? ''}`);
}
