import { createEnrollmentKind } from '../../activities/courses/enrollment.kind.ts';
import { createPaymentActivities } from '../../activities/courses/payment.activities.ts';
import { createSeatActivities } from '../../activities/courses/seats.activities.ts';
import { CoursesService } from '../../api/courses/courses.service.ts';
import { EnrollmentsService } from '../../api/courses/enrollments.service.ts';
import { GatesService } from '../../api/approvals/gates.service.ts';
import { HooksService } from '../../api/courses/hooks.service.ts';
import { RunOperationsService } from '../../api/runs/run-operations.service.ts';
import { RequestMetrics } from '../../api/http/request-metrics.ts';
import { Store } from '../../api/http/store.ts';
import { apiShape } from '../../api/settings.ts';
import { createCrmActivities } from '../../activities/crm/crm.activities.ts';
import type { ActionActivities } from '../../contracts/core/engine.ts';
import type { CourseRunInput } from '../../contracts/courses/course.schema.ts';
import type { EnrollmentState } from '../../domain/courses/state.ts';
import { seatProblems } from '../../domain/courses/seats.ts';
import { signWebhook } from '../../local/payment/webhooks.ts';
import { readSettings } from '../../platform/config.ts';
import { unsubscribe } from '../../platform/db/contacts/contact-preferences.ts';
import { changeContact, lockContacts } from '../../platform/db/contacts/contacts.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace, type Tx } from '../../platform/db/core/workspace.ts';
import { putCourse, putCourseRun } from '../../platform/db/courses/courses.ts';
import { lockCourseRun, seatFacts } from '../../platform/db/courses/seats.ts';
import { masterKeys } from '../../platform/keys/master-keys.ts';
import { createLogger } from '../../platform/log.ts';
import { TEST_KEY } from '../support/database.ts';
import { enrollmentTerms } from '../support/enrollment-terms.ts';
import type { ClockedDatabase } from './clock.ts';
import { asleep, createDriver, passTime } from './drive.ts';
import { createModelMail, type SentMail } from './mail.ts';
import { principalOf, unlessRefused } from './caller.ts';
import { createModelPayment, type ModelPayment, type PaymentReport } from './payment.ts';
import {
  type Dates,
  type EnrollmentHistory,
  type EnrollmentMoment,
  type Learner,
  learners,
  type PayMoment,
  type RewindMoment,
  type ServiceMoment,
  terms,
} from './enrollment-history.ts';
import type { EnrollmentStory } from './enrollments-expected.ts';

/** Plays histories on the engine: requests, reports of payments, turns, seats and ledger on Postgres, its clock the test's, no Temporal. */
export type EnrollmentWorld = { play(history: EnrollmentHistory): Promise<EnrollmentStory[]> };

const start = Date.parse('2099-02-02T10:00:00.000Z');
const minute = 60_000;
const secret = 'whsec_model';
const ownKeys = masterKeys({ THROUGHLINE_KEY: TEST_KEY });
const keys = () => Promise.resolve(ownKeys);
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
  'New dates of SQL': 'dates',
};

/** A world in a database of its own. */
export function createEnrollmentWorld(database: ClockedDatabase): EnrollmentWorld {
  const mails: SentMail[] = [];
  const server = { refuses: false };
  const payment = createModelPayment();
  const store = new Store(database.app);
  const api = {
    enrollments: new EnrollmentsService(store),
    hooks: createHooks(store),
    courses: new CoursesService(store),
    gates: new GatesService(store),
    // Only to terminate a run asks Temporal.
    runs: new RunOperationsService(store, undefined as never),
  };
  const driver = createDriver(database, {
    kinds: { enrollment: createEnrollmentKind({ publicUrl: 'http://127.0.0.1', keys }) },
    actions: actionsOf(database, { payment, mails, server }),
  });
  return {
    async play({ capacity, places, dates, moments }) {
      mails.length = 0;
      server.refuses = false;
      payment.clear();
      await database.setClock(start);
      const workspaceId = await database.addWorkspace();
      const within = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => inWorkspace(database.app, workspaceId, work);
      const details = detailsOf({ capacity, places, dates });
      const courseRunId = await within((tx) => prepare(tx, workspaceId, details));
      const happen = createHappenings({ api, payment, server, workspaceId, within, details });
      const isPaused = moments.some(({ kind }) => kind === 'pause');
      let isUp = true;
      let rest = asleep;
      for (const [index, moment] of moments.entries()) {
        const at = start + moment.at * minute;
        rest = isUp ? await passTime(database, driver, workspaceId, { before: rest, to: at }) : asleep;
        let { hasTurned } = rest;
        const isHeard = !unheard.has(moment.kind);
        if (isHeard) await database.setClock(at);
        if (moment.kind === 'down' || moment.kind === 'up') isUp = moment.kind === 'up';
        else await happen(moment, index);
        if (isUp && isHeard) rest = await driver.drive(workspaceId);
        hasTurned ||= isHeard && rest.hasTurned;
        if (!hasTurned && !movesSeats.has(moment.kind)) continue;
        await checkSeats(within, { workspaceId, courseRunId, isPrompt: isUp && !isPaused });
      }
      await passTime(database, driver, workspaceId, { before: rest, to: Infinity });
      await checkSeats(within, { workspaceId, courseRunId, isPrompt: true });
      return storiesIn(within, payment, mails);
    },
  };
}

/** What happens at the payment service alone, until it is reported. */
const unheard: ReadonlySet<string> = new Set<EnrollmentMoment['kind']>(['pay', 'payBack', 'return', 'dispute', 'rule']);

/** What may move seats without a turn of a run. */
const movesSeats: ReadonlySet<string> = new Set<EnrollmentMoment['kind']>(['request', 'grow', 'shrink', 'dates']);

/** At no instant is a seat given twice, or free while people wait; where nothing works, and in a pause, a hold may be late. */
async function checkSeats(
  within: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>,
  { workspaceId, courseRunId, isPrompt }: { workspaceId: string; courseRunId: string; isPrompt: boolean },
): Promise<void> {
  const problems = await within(async (tx) => {
    const row = await lockCourseRun(tx, workspaceId, courseRunId);
    const facts = await seatFacts(tx, row);
    const { endsAt } = row.details as CourseRunInput;
    // What has ended offers nothing more.
    const isOver = endsAt !== undefined && Date.parse(endsAt) <= row.now.getTime();
    return seatProblems(isOver ? { ...facts, queue: [] } : facts, {
      now: row.now.toISOString(),
      graceMs: isPrompt ? 0 : Infinity,
    });
  });
  if (problems.length > 0) throw new Error(problems.join('; '));
}

async function prepare(tx: Tx, workspaceId: string, details: CourseRunInput): Promise<string> {
  for (const who of learners) {
    const row = (await lockContacts(tx, workspaceId, [who])).get(who);
    if (row) await changeContact(tx, row, { email: addressOf(who, 0), attributes: {} });
  }
  const made = await putCourse(tx, workspaceId, course, {
    title: 'SQL',
    prerequisites: [],
    completion: { moveOn: 'completed' },
  });
  return (await putCourseRun(tx, made, run, details)) ?? '';
}

function detailsOf({ capacity, places, dates }: Omit<EnrollmentHistory, 'moments'>): CourseRunInput {
  const { hold, offer, decide, allWithin, price, fee, laterShare } = terms;
  return {
    title: 'Autumn',
    capacity,
    waitlistCapacity: places,
    priceMinor: price,
    currency: 'EUR',
    holdFor: `PT${hold}M`,
    offerFor: `PT${offer}M`,
    zone: 'UTC',
    ...datesOf(dates),
    withdrawal: {
      ...enrollmentTerms.withdrawal,
      fullRefundWithin: `PT${allWithin}M`,
      proRata: [{ upToPercent: 60, refund: laterShare * 100 }],
      fee: { amountMinor: fee, on: 'full' },
      decideWithin: `PT${decide}M`,
    },
  };
}

function datesOf({ startsAt, endsAt }: Dates): Pick<CourseRunInput, 'startsAt' | 'endsAt'> {
  const instant = (at: number): string => new Date(start + at * minute).toISOString();
  return {
    ...(startsAt === null ? {} : { startsAt: instant(startsAt) }),
    ...(endsAt === null ? {} : { endsAt: instant(endsAt) }),
  };
}

type Happening = Exclude<EnrollmentMoment, { kind: 'down' | 'up' }>;

type Api = {
  enrollments: EnrollmentsService;
  hooks: HooksService;
  courses: CoursesService;
  gates: GatesService;
  runs: RunOperationsService;
};

/** What lets each moment happen through the API that people and the payment service use; what it refuses changes nothing. */
function createHappenings({
  api,
  payment,
  server,
  workspaceId,
  within,
  details,
}: {
  api: Api;
  payment: ModelPayment;
  server: { refuses: boolean };
  workspaceId: string;
  within: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
  details: CourseRunInput;
}): (moment: Happening, index: number) => Promise<void> {
  const by = principalOf(workspaceId);
  const latest = new Map<Learner, { id: string; runId: string }>();
  const moves = new Map<Learner, number>();
  /** What the moments were at the payment service that are reported later, or whose money comes later. */
  const reports = new Map<number, { at: number; report: PaymentReport }>();
  const debits = new Map<number, { who: Learner; pageId: string }>();
  const lastPaid = new Map<Learner, string>();
  let now = details;

  async function answer(who: Learner, ask: (id: string) => Promise<unknown>): Promise<void> {
    const known = latest.get(who);
    if (known) await unlessRefused(() => ask(known.id));
  }

  /** `late`: how many minutes after it happened. An hour more and less than that, whatever this machine takes for it. */
  async function report(index: number, { type, object }: PaymentReport, late = 0): Promise<void> {
    const seconds = Math.floor(Date.now() / 1000);
    const created = late > 0 ? seconds - late * 60 - 3_600 : seconds + 3_600;
    const body = JSON.stringify({ id: `evt_${workspaceId}_${index}`, type, created, data: { object } });
    await api.hooks.stripe(Buffer.from(body), signWebhook({ body, secret, atSeconds: seconds }));
  }

  async function decide(who: Learner, isYes: boolean): Promise<void> {
    const runId = latest.get(who)?.runId;
    if (runId === undefined) return;
    const gate = await within((tx) => firstGate(tx, runId));
    if (!gate) return;
    const outcome = gate.step === 'refund' ? (isYes ? 'approve' : 'refuse') : isYes ? 'retry' : 'settled';
    const seen = { round: gate.round, expectedHash: gate.content_hash, comment: 'x' };
    await unlessRefused(() => api.gates.decide(by, gate.id, { outcome, ...seen }));
  }

  async function change(wanted: CourseRunInput): Promise<void> {
    if (await unlessRefused(() => api.courses.putRun(by, course, run, wanted))) now = wanted;
  }

  async function operate(who: Learner, kind: 'pause' | 'resume'): Promise<void> {
    const runId = latest.get(who)?.runId;
    if (runId !== undefined) await unlessRefused(() => api.runs.operate(by, runId, { kind, reason: 'x' }));
  }

  async function rewind({ who, share }: RewindMoment): Promise<void> {
    const runId = latest.get(who)?.runId;
    const turn = runId === undefined ? null : await within((tx) => turnBack(tx, runId, share));
    if (runId === undefined || turn === null) return;
    await unlessRefused(() => api.runs.operate(by, runId, { kind: 'rewind', reason: 'x', turn }));
  }

  function pay({ who, kind, at }: PayMoment, index: number): PaymentReport | null {
    const paid = payment.pay(latest.get(who)?.id ?? '', kind === 'debit');
    if (!paid) return null;
    if (kind === 'debit') debits.set(index, { who, pageId: paid.pageId });
    else {
      lastPaid.set(who, paid.pageId);
      reports.set(index, { at, report: paid.report });
    }
    return paid.report;
  }

  function atTheService(moment: ServiceMoment): PaymentReport | null {
    const pageId = lastPaid.get(moment.who);
    if (pageId === undefined) return null;
    switch (moment.kind) {
      case 'payBack':
        return payment.payBack(pageId, moment.cents);
      case 'return':
        return payment.returnLast(pageId);
      case 'dispute':
        return payment.dispute(pageId, moment.isInquiry);
      case 'rule':
        return payment.decide(pageId, moment.isWon);
    }
  }

  return async (moment, index) => {
    switch (moment.kind) {
      case 'request': {
        const made = await unlessRefused(() => api.enrollments.request(by, { course, run, contact: moment.who }));
        if (made) latest.set(moment.who, { id: made.id, runId: made.runId });
        return;
      }
      case 'accept':
      case 'decline':
        return answer(moment.who, (id) =>
          api.enrollments.answer(by, id, { answer: moment.kind === 'accept' ? 'accept' : 'decline' }),
        );
      case 'withdraw':
        return answer(moment.who, (id) => api.enrollments.withdraw(by, id, { reason: 'x' }));
      case 'stay':
        return answer(moment.who, (id) => api.enrollments.stay(by, id));
      case 'decide':
        return decide(moment.who, moment.isYes);
      case 'pay':
        pay(moment, index);
        return;
      case 'debit': {
        const underWay = pay(moment, index);
        if (underWay && moment.isReported) await report(index, underWay);
        return;
      }
      case 'settle':
      case 'bounce': {
        const debit = debits.get(moment.of);
        if (!debit) return;
        if (moment.kind === 'settle') lastPaid.set(debit.who, debit.pageId);
        return report(index, payment.settle(debit.pageId, moment.kind === 'settle'));
      }
      case 'report': {
        const known = reports.get(moment.of);
        if (known) await report(moment.of, known.report, moment.at - known.at);
        return;
      }
      case 'payBack':
      case 'return':
      case 'dispute':
      case 'rule': {
        const news = atTheService(moment);
        if (news) reports.set(index, { at: moment.at, report: news });
        return;
      }
      case 'grow':
      case 'shrink': {
        return change({ ...now, capacity: Math.max(now.capacity + (moment.kind === 'grow' ? 1 : -1), 0) });
      }
      case 'dates': {
        const { startsAt: _start, endsAt: _end, ...undated } = now;
        return change({ ...undated, ...datesOf(moment) });
      }
      case 'refused': {
        const enrollmentId = latest.get(moment.who)?.id ?? '';
        return report(index, { type: 'payment_intent.payment_failed', object: { metadata: { enrollmentId } } });
      }
      case 'optOut':
      case 'move':
        await within(async (tx) => {
          const row = (await lockContacts(tx, workspaceId, [moment.who])).get(moment.who);
          if (!row) return;
          if (moment.kind === 'optOut')
            return unsubscribe(tx, ownKeys, { workspaceId, contactId: row.id, channel: 'email' });
          const count = (moves.get(moment.who) ?? 0) + 1;
          moves.set(moment.who, count);
          await changeContact(tx, row, { email: addressOf(moment.who, count) });
        });
        return;
      case 'pause':
      case 'resume':
        return operate(moment.who, moment.kind);
      case 'rewind':
        return rewind(moment);
      case 'refuse':
      case 'take':
        server.refuses = moment.kind === 'refuse';
        return;
      case 'shut':
      case 'open':
        payment.shut(moment.kind === 'shut');
        return;
    }
  };
}

/**
 * The turn to go back to. Only one who is in, wants nothing and owes nothing goes back, and to where nothing was wanted either: a request is no fact, so
 * that a rewind may take it back. The others are `domain/courses/rewind.test.ts`.
 */
async function turnBack(tx: Tx, runId: string, share: number): Promise<number | null> {
  const made = kysely(tx).selectFrom('run_turn').select(['turn', 'state']).where('run_id', '=', runId).orderBy('turn');
  const turns = (await made.execute()).map(({ turn, state }) => ({ turn, state: state as unknown as EnrollmentState }));
  const head = turns.at(-1)?.state;
  if (head?.stage.kind !== 'learning' || !isQuiet(head) || head.errands.length > 0) return null;
  const unread = kysely(tx).selectFrom('run_inbox').select('kind').where('run_id', '=', runId);
  if (await unread.where('consumed_turn', 'is', null).executeTakeFirst()) return null;
  const others = turns.filter(({ state }) => isQuiet(state));
  return others[Math.floor(others.length * share)]?.turn ?? null;
}

function isQuiet({ stage, isPaused, wish }: EnrollmentState): boolean {
  return !isPaused && wish === null && !['quoting', 'deciding', 'closing', 'ended'].includes(stage.kind);
}

/** What waits for a person longest. */
function firstGate(
  tx: Tx,
  runId: string,
): Promise<{ id: string; step: string; round: number; content_hash: string } | undefined> {
  const open = kysely(tx).selectFrom('gate').where('run_id', '=', runId).where('status', '=', 'open');
  return open.select(['id', 'step', 'round', 'content_hash']).orderBy('id').executeTakeFirst();
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

function actionsOf(
  database: ClockedDatabase,
  { payment: { client }, mails, server }: { payment: ModelPayment; mails: SentMail[]; server: { refuses: boolean } },
): ActionActivities {
  const paymentOf = () => Promise.resolve({ client, isOwn: false });
  return {
    ...createModelMail(database, mails, server),
    ...createSeatActivities({ db: database.app }),
    ...createPaymentActivities({ db: database.app, paymentOf, publicUrl: 'http://127.0.0.1' }),
    ...createCrmActivities({ db: database.app, crmOf: () => Promise.resolve(crm) }),
  } as unknown as ActionActivities;
}
