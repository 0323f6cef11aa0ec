import { createEnrollmentKind } from '../../activities/courses/enrollment.kind.ts';
import { createPaymentActivities } from '../../activities/courses/payment.activities.ts';
import { createSeatActivities } from '../../activities/courses/seats.activities.ts';
import { CoursesService } from '../../api/courses/courses.service.ts';
import { EnrollmentsService } from '../../api/courses/enrollments.service.ts';
import { HooksService } from '../../api/courses/hooks.service.ts';
import { AppError } from '../../api/http/errors/app-error.ts';
import { RequestMetrics } from '../../api/http/request-metrics.ts';
import { Store } from '../../api/http/store.ts';
import { apiShape } from '../../api/settings.ts';
import type { Principal } from '../../api/http/caller/principal.ts';
import { createCrmActivities } from '../../activities/crm/crm.activities.ts';
import type { ActionActivities } from '../../contracts/core/engine.ts';
import type { CourseRunInput } from '../../contracts/courses/course.schema.ts';
import { seatProblems } from '../../domain/courses/seats.ts';
import { signWebhook } from '../../local/payment/webhooks.ts';
import { readSettings } from '../../platform/config.ts';
import { changeContact, lockContacts } from '../../platform/db/contacts/contacts.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace, type Tx } from '../../platform/db/core/workspace.ts';
import { putCourse, putCourseRun } from '../../platform/db/courses/courses.ts';
import { lockCourseRun, seatFacts } from '../../platform/db/courses/seats.ts';
import { newId } from '../../platform/ids.ts';
import { masterKeys } from '../../platform/keys/master-keys.ts';
import { createLogger } from '../../platform/log.ts';
import { TEST_KEY } from '../support/database.ts';
import { enrollmentTerms } from '../support/enrollment-terms.ts';
import type { ClockedDatabase } from './clock.ts';
import { createDriver, passTime } from './drive.ts';
import { createModelMail, type SentMail } from './mail.ts';
import { createModelPayment, type ModelPayment } from './payment.ts';
import { type EnrollmentHistory, type EnrollmentMoment, type Learner, learners, terms } from './enrollment-history.ts';
import type { EnrollmentStory } from './enrollments-expected.ts';

/** Plays histories on the engine: requests, reports of payments, turns, seats and ledger on Postgres, its clock the test's, no Temporal. */
export type EnrollmentWorld = { play(history: EnrollmentHistory): Promise<EnrollmentStory[]> };

const start = Date.parse('2099-02-02T10:00:00.000Z');
const minute = 60_000;
const secret = 'whsec_model';
const keys = () => Promise.resolve(masterKeys({ THROUGHLINE_KEY: TEST_KEY }));
const [course, run] = ['sql', 'autumn'];

/** What each mail is called in a story, by its subject. */
const words: Readonly<Record<string, string>> = {
  'You are in the queue for SQL': 'queue',
  'A seat in SQL is free': 'offer',
  'Your seat in SQL': 'pay',
  'Welcome to SQL': 'welcome',
  'Your payment for SQL': 'back',
  'Your payment for SQL is under way': 'wait',
  'Your enrollment in SQL': 'ended',
};

/** A world in a database of its own. */
export function createEnrollmentWorld(database: ClockedDatabase): EnrollmentWorld {
  const mails: SentMail[] = [];
  const payment = createModelPayment();
  const store = new Store(database.app);
  const api = {
    enrollments: new EnrollmentsService(store),
    hooks: createHooks(store),
    courses: new CoursesService(store),
  };
  const driver = createDriver(database, {
    kinds: { enrollment: createEnrollmentKind({ publicUrl: 'http://127.0.0.1', keys }) },
    actions: actionsOf(database, payment, mails),
  });
  return {
    async play({ capacity, places, moments }) {
      mails.length = 0;
      await database.setClock(start);
      const workspaceId = await database.addWorkspace();
      const within = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => inWorkspace(database.app, workspaceId, work);
      const courseRunId = await within((tx) => prepare(tx, workspaceId, { capacity, places }));
      const happen = createHappenings({ api, payment, workspaceId, within, details: detailsOf({ capacity, places }) });
      let isUp = true;
      for (const [index, moment] of moments.entries()) {
        const at = start + moment.at * minute;
        if (isUp) await passTime(database, driver, workspaceId, at);
        await database.setClock(at);
        if (moment.kind === 'down' || moment.kind === 'up') isUp = moment.kind === 'up';
        else await happen(moment, index);
        if (isUp) await driver.drive(workspaceId);
        await checkSeats(within, { workspaceId, courseRunId, isUp });
      }
      await passTime(database, driver, workspaceId, Infinity);
      await checkSeats(within, { workspaceId, courseRunId, isUp });
      return storiesIn(within, payment, mails);
    },
  };
}

/** At no instant is a seat given twice, or free while people wait; where nothing works a hold may be late. */
async function checkSeats(
  within: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>,
  { workspaceId, courseRunId, isUp }: { workspaceId: string; courseRunId: string; isUp: boolean },
): Promise<void> {
  const problems = await within(async (tx) => {
    const row = await lockCourseRun(tx, workspaceId, courseRunId);
    return seatProblems(await seatFacts(tx, row), { now: row.now.toISOString(), graceMs: isUp ? 0 : Infinity });
  });
  if (problems.length > 0) throw new Error(problems.join('; '));
}

async function prepare(
  tx: Tx,
  workspaceId: string,
  { capacity, places }: { capacity: number; places: number },
): Promise<string> {
  for (const who of learners) {
    const row = (await lockContacts(tx, workspaceId, [who])).get(who);
    if (row) await changeContact(tx, row, { email: addressOf(who, 0), attributes: {} });
  }
  const made = await putCourse(tx, workspaceId, course, {
    title: 'SQL',
    prerequisites: [],
    completion: { moveOn: 'completed' },
  });
  return (await putCourseRun(tx, made, run, detailsOf({ capacity, places }))) ?? '';
}

function detailsOf({ capacity, places }: { capacity: number; places: number }): CourseRunInput {
  const { hold, offer, decide, allWithin, price, fee, later } = terms;
  return {
    title: 'Autumn',
    capacity,
    waitlistCapacity: places,
    priceMinor: price,
    currency: 'EUR',
    holdFor: `PT${hold}M`,
    offerFor: `PT${offer}M`,
    zone: 'UTC',
    withdrawal: {
      ...enrollmentTerms.withdrawal,
      fullRefundWithin: `PT${allWithin}M`,
      proRata: [{ upToPercent: 60, refund: (later * 100) / price }],
      fee: { amountMinor: fee, on: 'full' },
      decideWithin: `PT${decide}M`,
    },
  };
}

type Happening = Exclude<EnrollmentMoment, { kind: 'down' | 'up' }>;

/** What lets each moment happen through the API that people and the payment service use; what it refuses changes nothing. */
function createHappenings({
  api,
  payment,
  workspaceId,
  within,
  details,
}: {
  api: { enrollments: EnrollmentsService; hooks: HooksService; courses: CoursesService };
  payment: ModelPayment;
  workspaceId: string;
  within: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
  details: CourseRunInput;
}): (moment: Happening, index: number) => Promise<void> {
  const caller = { workspaceId, actor: { kind: 'apiKey', id: newId(), name: 'School' }, permissions: new Set() };
  const principal = { ...caller, roles: [], createdBy: null, session: null, expiresAt: null, requestId: '' };
  const by = principal as unknown as Principal;
  const latest = new Map<Learner, string>();
  const moves = new Map<Learner, number>();
  const paid = new Map<number, object>();
  /** Whose money took its time once: the seat is kept for that once, so it is not paid so again. */
  const debited = new Set<string>();
  let { capacity } = details;

  async function answer(who: Learner, ask: (id: string) => Promise<unknown>): Promise<void> {
    const id = latest.get(who);
    if (id !== undefined) await unlessRefused(() => ask(id));
  }

  async function report(id: string, type: string, object: object): Promise<void> {
    // The API compares both with its own clock, which is not that of the history.
    const atSeconds = Math.floor(Date.now() / 1000);
    const body = JSON.stringify({ id, type, created: atSeconds, data: { object } });
    await api.hooks.stripe(Buffer.from(body), signWebhook({ body, secret, atSeconds }));
  }

  return async (moment, index) => {
    switch (moment.kind) {
      case 'request': {
        const made = await unlessRefused(() => api.enrollments.request(by, { course, run, contact: moment.who }));
        if (made) latest.set(moment.who, made.id);
        return;
      }
      case 'accept':
      case 'decline':
        return answer(moment.who, (id) =>
          api.enrollments.answer(by, id, { answer: moment.kind === 'accept' ? 'accept' : 'decline' }),
        );
      case 'withdraw':
        return answer(moment.who, (id) => api.enrollments.withdraw(by, id, { reason: 'x' }));
      case 'pay': {
        const session = payment.pay(latest.get(moment.who) ?? '');
        if (session) paid.set(index, session);
        return;
      }
      case 'report': {
        const session = paid.get(moment.of);
        if (session) await report(`evt_${workspaceId}_${moment.of}`, 'checkout.session.completed', session);
        return;
      }
      case 'debit': {
        const id = latest.get(moment.who) ?? '';
        const session = debited.has(id) ? null : payment.debit(id);
        if (!session) return;
        debited.add(id);
        paid.set(index, session);
        if (moment.isReported) await report(`evt_${workspaceId}_${index}`, 'checkout.session.completed', session);
        return;
      }
      case 'settle':
      case 'bounce': {
        const session = paid.get(moment.of);
        if (!session) return;
        const type = moment.kind === 'settle' ? 'succeeded' : 'failed';
        const after = payment.settle(session, moment.kind === 'settle');
        return report(`evt_${workspaceId}_${index}`, `checkout.session.async_payment_${type}`, after);
      }
      case 'grow':
      case 'shrink': {
        const wanted = Math.max(capacity + (moment.kind === 'grow' ? 1 : -1), 0);
        const put = api.courses.putRun(by, course, run, { ...details, capacity: wanted });
        if (await unlessRefused(() => put)) capacity = wanted;
        return;
      }
      case 'refused': {
        const enrollmentId = latest.get(moment.who) ?? '';
        return report(`evt_${workspaceId}_${index}`, 'payment_intent.payment_failed', { metadata: { enrollmentId } });
      }
      case 'move': {
        const count = (moves.get(moment.who) ?? 0) + 1;
        moves.set(moment.who, count);
        await within(async (tx) => {
          const row = (await lockContacts(tx, workspaceId, [moment.who])).get(moment.who);
          if (row) await changeContact(tx, row, { email: addressOf(moment.who, count) });
        });
      }
    }
  };
}

async function unlessRefused<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof AppError && error.status === 409) return null;
    throw error;
  }
}

function addressOf(who: Learner, moves: number): string {
  return `${who}-${moves}@example.com`;
}

async function storiesIn(
  within: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>,
  payment: ModelPayment,
  mails: readonly SentMail[],
): Promise<EnrollmentStory[]> {
  const rows = await within((tx) =>
    kysely(tx)
      .selectFrom('enrollment')
      .innerJoin('contact', (join) =>
        join
          .onRef('contact.workspace_id', '=', 'enrollment.workspace_id')
          .onRef('contact.id', '=', 'enrollment.contact_id'),
      )
      .select(['enrollment.id', 'enrollment.run_id', 'enrollment.outcome', 'contact.external_id'])
      .orderBy('enrollment.id')
      .execute(),
  );
  return rows.map(({ id, run_id: runId, outcome, external_id: who }) => ({
    who: who as Learner,
    end: outcome ?? 'in',
    mails: mails
      .filter((mail) => mail.runId === runId)
      .map(({ subject, to }) => `${words[subject] ?? subject} ${/-(\d+)@/.exec(to)?.[1] ?? to}`),
    ...payment.of(id),
  }));
}

function createHooks(store: Store): HooksService {
  const needed = { DATABASE_URL: 'postgres://x', THROUGHLINE_KEY: TEST_KEY, STRIPE_WEBHOOK_SECRET: secret };
  const log = createLogger({ name: 'api', level: 'silent' });
  return new HooksService(readSettings(apiShape, needed), log, store, new RequestMetrics(), keys);
}

/** A CRM that takes everything: nothing hangs on it. */
const crm = {
  upsertContact: () => Promise.resolve({ crmId: 'person', isNew: false }),
  addNote: () => Promise.resolve({ crmId: 'note' }),
};

function actionsOf(database: ClockedDatabase, payment: ModelPayment, mails: SentMail[]): ActionActivities {
  const { client } = payment;
  const paymentOf = () => Promise.resolve({ client, isOwn: false });
  return {
    ...createModelMail(database, mails),
    ...createSeatActivities({ db: database.app }),
    ...createPaymentActivities({ db: database.app, paymentOf, publicUrl: 'http://127.0.0.1' }),
    ...createCrmActivities({ db: database.app, crmOf: () => Promise.resolve(crm) }),
  } as unknown as ActionActivities;
}
