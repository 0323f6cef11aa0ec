import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scopes } from '../../contracts/access/access.ts';
import type { Enrollment } from '../../contracts/courses/enrollments-api.schema.ts';
import type { JourneyNode } from '../../contracts/journeys/nodes.schema.ts';
import { createClient, type Client } from '../../sdk/client/client.ts';
import { shortRun } from '../support/courses.ts';
import { startHouse, type House } from '../support/house.ts';
import { unlimited } from '../support/properties.ts';
import { publishJourney, sampleEvent, sampleJourney } from '../support/journeys.ts';
import { untilDone } from './storm.ts';

/** How many seconds people have for an answer: a machine that is too slow for the first comes to the next. */
const waits = [20, 60, 180];
const longerWaits = [60, 180];
/** What must be left of that when a service goes. */
const leastMs = 5_000;
/** More than what is due after an outage takes, with every pause between tries. */
const withinMs = 300_000;
/** Who answers in time, and who does not answer. */
const people = ['prompt', 'silent'] as const;
type Who = (typeof people)[number];
type Of<T> = Record<Who, T>;

const email = (subject: string): JourneyNode => ({
  id: subject,
  kind: 'email',
  content: { kind: 'inline', subject: { kind: 'literal', value: subject }, markdown: 'Hi' },
});

describe('an outage that is longer than the time that people have (issue 14 §5)', () => {
  let house: House;
  let client: Client;
  let key: string;
  let tries = 0;
  beforeAll(async () => {
    house = await startHouse();
    key = await house.api.key([...scopes]);
    client = createClient({ baseUrl: house.url, key });
    await client.courses.put('sql', { title: 'SQL', prerequisites: [], completion: { moveOn: 'completed' } });
  });
  afterAll(() => house?.stop());

  const until = (id: string, what: string, isSo: (enrollment: Enrollment) => boolean): Promise<void> =>
    untilDone(what, async () => isSo(await client.enrollments.show(id)), withinMs);
  const send = async (events: object[]): Promise<void> => {
    const answer = await house.api.call({ method: 'POST', url: '/v1/events', key, body: { events } });
    if (answer.status !== 202) throw new Error(answer.text);
  };
  const pageOf = ({ checkoutUrl }: Enrollment): string => /cs_\w+/.exec(checkoutUrl ?? '')?.[0] ?? '';

  /** Each waits for an event, for a decision about them, for a payment and for an answer to an offer, `seconds` each. */
  async function begin(seconds: number): Promise<Begun> {
    tries += 1;
    const [name, time] = [`t${tries}`, `PT${seconds}S`];
    const contactOf = (who: string): string => `${name}-${who}`;
    const entry = [{ event: `${name}.in` }];
    const wait: JourneyNode = {
      id: 'wait',
      kind: 'waitFor',
      on: { event: `${name}.ordered` },
      timeout: time,
      onEvent: [email('thanks')],
      onTimeout: [email('still-there')],
    };
    const check: JourneyNode = {
      id: 'check',
      kind: 'approval',
      assign: { kind: 'role', id: 'approver' },
      show: { kind: 'literal', value: 'x' },
      outcomes: [
        { name: 'yes', steps: [email('yes')] },
        { name: 'no', steps: [email('no')] },
      ],
      due: time,
      onTimeout: 'no',
    };
    const journeys = [`${name}-waits`, `${name}-asks`];
    await publishJourney(house.api, key, sampleJourney(`${name}-waits`, { entry, steps: [wait] }));
    await publishJourney(house.api, key, sampleJourney(`${name}-asks`, { entry, steps: [check] }));
    for (const who of [...people, 'first'])
      await client.contacts.put(contactOf(who), { email: `${contactOf(who)}@example.com` });
    const request = async (run: string, who: string): Promise<string> =>
      (await client.enrollments.request({ course: 'sql', run, contact: contactOf(who) })).id;
    const [held, offered]: [Of<string>, Of<string>] = [blank(), blank()];
    const holds = `${name}-holds`;
    await client.courses.putRun('sql', holds, { ...shortRun, capacity: 2, holdFor: time });
    const firsts: string[] = [];
    for (const who of people) {
      const run = `${name}-${who}`;
      await client.courses.putRun('sql', run, { ...shortRun, capacity: 1, offerFor: time });
      firsts.push(await request(run, 'first'));
      offered[who] = await request(run, who);
    }
    for (const first of firsts) {
      await until(first, 'a link', (enrollment) => pageOf(enrollment) !== '');
      await client.enrollments.withdraw(first, 'Not now', { idempotencyKey: first });
    }
    for (const who of people) held[who] = await request(holds, who);
    await send(people.map((who) => sampleEvent(contactOf(who), `${name}.in`, contactOf(who))));
    for (const who of people) {
      await until(offered[who], 'an offer', ({ seat }) => seat?.kind === 'offer');
      await until(held[who], 'a link', (enrollment) => pageOf(enrollment) !== '');
    }
    const dues: string[] = [];
    for (const id of [...Object.values(held), ...Object.values(offered)])
      dues.push((await client.enrollments.show(id)).seat?.expiresAt ?? '');
    for (const journey of journeys)
      await untilDone(
        'they wait',
        async () => {
          const { items } = await client.runs.list({ journey, limit: 10 });
          const due = items.flatMap(({ currentStep, nextDueAt }) =>
            currentStep !== null && nextDueAt ? nextDueAt : [],
          );
          if (due.length === people.length) dues.push(...due);
          return due.length === people.length;
        },
        withinMs,
      );
    const ends = dues.map((due) => Date.parse(due));
    return { name, journeys, held, offered, first: Math.min(...ends), last: Math.max(...ends) };
  }
  type Begun = {
    name: string;
    journeys: string[];
    held: Of<string>;
    offered: Of<string>;
    /** When the first and the last of them are out of time. */
    first: number;
    last: number;
  };
  const blank = (): Of<string> => ({ prompt: '', silent: '' });

  /** Whether each has the mail about their offer and the one with their link. */
  async function areMailed(name: string): Promise<boolean> {
    const mails = await house.doubles.control.mails();
    const to = people.map((who) => `${name}-${who}@example.com`);
    return (
      mails.filter((mail) => to.includes(mail.to[0] ?? '') && /seat in SQL/.test(mail.subject)).length >=
      2 * people.length
    );
  }

  /** The prompt one orders, is agreed to, pays, and accepts. */
  async function answer({ name, journeys, held, offered }: Begun): Promise<void> {
    await send([sampleEvent(`${name}-ordered`, `${name}.ordered`, `${name}-prompt`)]);
    const { items } = await client.runs.list({ journey: journeys[1] ?? '', limit: 10 });
    const asked = items.find(({ contact }) => contact?.externalId === `${name}-prompt`);
    const [gate] = (await client.gates.list({ runId: asked?.id ?? '', status: 'open' })).items;
    if (!gate) throw new Error('There is nothing to decide');
    await client.gates.decide(gate.id, { outcome: 'yes', round: gate.round, expectedHash: gate.contentHash });
    await client.enrollments.answerOffer(offered.prompt, 'accept');
    await house.doubles.control.paySession(pageOf(await client.enrollments.show(held.prompt)));
  }

  /** Each mail of the journeys, once. */
  async function mailsOf({ name, journeys }: Begun): Promise<string[]> {
    await untilDone(
      'the journeys end',
      async () => {
        const ended = await Promise.all(journeys.map((journey) => client.runs.list({ journey, limit: 10 })));
        return ended.every(({ items }) => items.every(({ endedAt }) => endedAt !== null));
      },
      withinMs,
    );
    const mails = (await house.doubles.control.mails()).filter(({ subject }) => !/SQL/.test(subject));
    return mails
      .flatMap(({ to, subject }) => (to[0]?.startsWith(name) ? `${to[0].split('@')[0]} ${subject}` : []))
      .toSorted();
  }

  it.each(['temporal', 'postgres'] as const)(
    'has what came in time count, and the time-out where nothing came: %s',
    unlimited,
    async (service) => {
      for (const seconds of waits) {
        const begun = await begin(seconds);
        await untilDone('they know of it', () => areMailed(begun.name), withinMs);
        if (begun.first - Date.now() < leastMs) continue;
        // Answers are stored in Postgres; whether a worker comes to them before it goes is all one.
        if (service === 'postgres') await answer(begun);
        const away = house.withhold(service, begun.last - Date.now() + leastMs);
        if (service === 'temporal') await answer(begun);
        const isInTime = Date.now() < begun.first;
        await away;
        if (!isInTime) continue;
        const { name, held, offered } = begun;
        const expected = ['prompt thanks', 'prompt yes', 'silent no', 'silent still-there'];
        expect(await mailsOf(begun)).toEqual(expected.map((each) => `${name}-${each}`));
        await until(held.prompt, 'the seat that was paid for', ({ access }) => access === 'full');
        await until(held.silent, 'the end of the hold', ({ outcome }) => outcome === 'holdExpired');
        await until(offered.prompt, 'the seat that was accepted', ({ seat }) => seat?.kind === 'hold');
        await until(offered.silent, 'the end of the offer', ({ outcome }) => outcome === 'offerExpired');
        return;
      }
      throw new Error('This machine was too slow for each of the waits');
    },
  );

  it('costs nobody a seat whom no mail could reach: the mail server', unlimited, async () => {
    for (const seconds of longerWaits) {
      const back = house.withhold('smtp', 2 * seconds * 1000).then(() => Date.now());
      const begun = await begin(seconds);
      if (begun.last > (await back)) continue;
      const { name, held, offered } = begun;
      await Promise.all(people.flatMap((who) => [payFor(held[who]), accept(offered[who])]));
      const expected = ['prompt no', 'prompt still-there', 'silent no', 'silent still-there'];
      expect(await mailsOf(begun)).toEqual(expected.map((each) => `${name}-${each}`));
      const mails = (await house.doubles.control.mails()).map(({ messageId }) => messageId);
      expect(new Set(mails).size).toBe(mails.length);
      return;
    }
    throw new Error('This machine was too slow for each of the waits');
  });

  const payFor = (id: string): Promise<void> =>
    untilDone(
      'they can pay',
      async () => {
        const enrollment = await client.enrollments.show(id);
        if (enrollment.access === 'full') return true;
        if (pageOf(enrollment) !== '') await house.doubles.control.paySession(pageOf(enrollment));
        return false;
      },
      withinMs,
    );
  const accept = (id: string): Promise<void> =>
    untilDone(
      'they have the seat',
      async () => {
        const { seat } = await client.enrollments.show(id);
        if (seat?.kind === 'offer') await client.enrollments.answerOffer(id, 'accept');
        return seat?.kind === 'hold';
      },
      withinMs,
    );
});
