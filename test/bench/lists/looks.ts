import type { Tx } from '../../../platform/db/core/workspace.ts';
import { findJourney } from '../../../platform/db/journeys/journeys.ts';
import { countKept } from '../../../platform/db/journeys/kept-entries.ts';
import { listAudit } from '../../../platform/db/views/audit-list.ts';
import { listBatches } from '../../../platform/db/views/batches-list.ts';
import { listMoments } from '../../../platform/db/views/contact-timeline.ts';
import { listContacts } from '../../../platform/db/views/contacts-list.ts';
import { listDocuments } from '../../../platform/db/views/documents-list.ts';
import { countAttention, listEnrollments } from '../../../platform/db/views/enrollments-list.ts';
import { countGates, listGates } from '../../../platform/db/views/gates-list.ts';
import { countIncidents, listIncidents } from '../../../platform/db/views/incidents-list.ts';
import {
  countJourneyEdges,
  countJourneyFailures,
  countJourneyRuns,
  countJourneySteps,
  figuresOfJourneys,
} from '../../../platform/db/views/journey-figures.ts';
import { gateFigures, liveFigures, upcomingDeadlines, workByHour } from '../../../platform/db/views/overview.ts';
import { listEffects } from '../../../platform/db/views/runs/effects-list.ts';
import { listMails } from '../../../platform/db/views/runs/mails-list.ts';
import { countRuns } from '../../../platform/db/views/runs/count-runs.ts';
import { listRuns } from '../../../platform/db/views/runs/runs-list.ts';
import type { RunFilter } from '../../../platform/db/views/runs/run-filter.ts';
import { findContacts, findDocuments, findRuns } from '../../../platform/db/views/search.ts';
import { storageOf } from '../../../platform/db/views/storage.ts';
import { runFilter } from '../../support/run-filter.ts';

/** What some list or count of the dashboard asks the database for. */
export type Look = { name: string; ask: (tx: Tx) => Promise<unknown> };

/** What the looks are about: the things with the most below them, and one person. */
export type Places = {
  workspaceId: string;
  journeyIds: string[];
  courseRunId: string;
  batchId: string;
  contact: { id: string; externalId: string; email: string };
  /** Where a later page of runs begins: in their middle. */
  middleRunId: string;
};

const limit = 50;

/** Every list and count that the API offers, with each of its filters, orders and searches. */
export function looksAt(places: Places): Look[] {
  return [...runs(places), ...counts(places), ...journeys(places), ...people(places), ...work(places)];
}

function runs({ workspaceId, contact, middleRunId }: Places): Look[] {
  const all = runFilter(workspaceId);
  const filters: Record<string, Partial<RunFilter>> = {
    all: {},
    live: { state: 'live' },
    ended: { state: 'ended' },
    'in trouble': { state: 'trouble' },
    failed: { status: 'failed' },
    paused: { status: 'paused' },
    'of learners': { kind: 'enrollment' },
    'live, of learners': { kind: 'enrollment', state: 'live' },
    'waiting for a person': { waitingFor: 'person' },
    'waiting for an event': { waitingFor: 'event' },
    'of a person': { contact: contact.externalId },
    'of a journey': { journey: 'journey-1' },
    'of a small journey, live': { journey: 'journey-7', state: 'live' },
    'of a journey’s version': { journey: 'journey-1', version: 2 },
    'failed in a journey': { journey: 'journey-7', status: 'failed' },
    'at a step': { journey: 'journey-1', step: 's4' },
    'at a step of a small journey': { journey: 'journey-7', step: 's4' },
    'in trouble in a journey': { journey: 'journey-7', state: 'trouble' },
    'of the last day': { startedAfter: new Date(Date.now() - 86_400_000).toISOString() },
  };
  const looks = Object.entries(filters).flatMap(([name, filter]): Look[] => {
    const chosen = { ...all, ...filter };
    return [
      { name: `runs ${name}`, ask: (tx) => listRuns(tx, chosen, { sort: 'newest', before: null }, limit) },
      { name: `runs ${name}, next due`, ask: (tx) => listRuns(tx, chosen, { sort: 'due', after: null }, limit) },
      { name: `count of runs ${name}`, ask: (tx) => countRuns(tx, chosen) },
    ];
  });
  return [
    ...looks,
    { name: 'runs, in the middle', ask: (tx) => listRuns(tx, all, { sort: 'newest', before: middleRunId }, limit) },
  ];
}

function counts({ workspaceId }: Places): Look[] {
  const mine = { roles: ['approver'], memberId: null, requesterId: null };
  return [
    { name: 'Home: what runs', ask: (tx) => liveFigures(tx, workspaceId) },
    { name: 'Home: work by hour', ask: (tx) => workByHour(tx, workspaceId) },
    { name: 'Home: approvals', ask: (tx) => gateFigures(tx, workspaceId, mine) },
    { name: 'Home: deadlines', ask: (tx) => upcomingDeadlines(tx, workspaceId) },
    { name: 'count of approvals', ask: (tx) => countGates(tx, workspaceId, mine) },
    { name: 'count of incidents', ask: (tx) => countIncidents(tx, workspaceId, null) },
    { name: 'storage', ask: (tx) => storageOf(tx, workspaceId) },
  ];
}

function journeys({ workspaceId, journeyIds }: Places): Look[] {
  const [journeyId = ''] = journeyIds;
  const scopes = { 'of a journey': null, 'of a version': 2 };
  return [
    { name: 'journeys with their figures', ask: (tx) => figuresOfJourneys(tx, workspaceId, journeyIds) },
    ...Object.entries(scopes).flatMap(([name, version]): Look[] => {
      const scope = { workspaceId, journeyId, version };
      return [
        { name: `people ${name} by step`, ask: (tx) => countJourneyRuns(tx, scope) },
        { name: `visits ${name}`, ask: (tx) => countJourneySteps(tx, scope) },
        { name: `failures ${name}`, ask: (tx) => countJourneyFailures(tx, scope) },
        { name: `ways ${name}`, ask: (tx) => countJourneyEdges(tx, scope) },
      ];
    }),
    {
      name: 'those whom a paused journey keeps',
      ask: async (tx) => {
        const journey = await findJourney(tx, workspaceId, 'journey-1');
        return journey && countKept(tx, journey);
      },
    },
  ];
}

function people({ workspaceId, contact, courseRunId }: Places): Look[] {
  const page = { workspaceId, email: null, q: null, before: null, limit };
  const story = { workspaceId, contactId: contact.id, runs: true, show: 'all', before: null, limit } as const;
  const learners = { workspaceId, course: 'course-1', run: 'autumn', limit };
  return [
    { name: 'people', ask: (tx) => listContacts(tx, page) },
    { name: 'people by address', ask: (tx) => listContacts(tx, { ...page, email: contact.email }) },
    ...['a', 'an', 'ber', 'bergaff', 'acme', 'person77777', 'nobody-at-all'].flatMap((q): Look[] => [
      { name: `people with “${q}”`, ask: (tx) => listContacts(tx, { ...page, q }) },
      { name: `search for people with “${q}”`, ask: (tx) => findContacts(tx, workspaceId, q, 20) },
    ]),
    { name: 'a person’s story', ask: (tx) => listMoments(tx, story) },
    { name: 'learners', ask: (tx) => listEnrollments(tx, { workspaceId, limit }) },
    { name: 'learners of a course run', ask: (tx) => listEnrollments(tx, learners) },
    { name: 'open learners', ask: (tx) => listEnrollments(tx, { ...learners, open: true }) },
    { name: 'learners, seats that end first', ask: (tx) => listEnrollments(tx, { ...learners, order: 'ending' }) },
    { name: 'learners who need a person', ask: (tx) => listEnrollments(tx, { ...learners, attention: true }) },
    { name: 'learners by name', ask: (tx) => listEnrollments(tx, { ...learners, q: 'berg' }) },
    { name: 'learner by external id', ask: (tx) => listEnrollments(tx, { workspaceId, contact: 'contact-1', limit }) },
    { name: 'count of learners who need a person', ask: (tx) => countAttention(tx, { workspaceId, courseRunId }) },
  ];
}

function work({ workspaceId, batchId, middleRunId }: Places): Look[] {
  const gates = { workspaceId, status: 'open', kind: null, mine: null, runId: null, before: null, limit };
  const mine = { roles: ['approver'], memberId: null, requesterId: null };
  const incidents = { workspaceId, runId: null, ownerId: null };
  const mails = { workspaceId, version: null, after: null, before: null, show: 'sent' } as const;
  const mailPage = { before: null, limit };
  const documents = { workspaceId, batchId, q: null, reviewAll: false, after: 0, limit };
  const audit = { workspaceId, before: null, limit, act: null, actorId: null, subjectId: null, since: null };
  return [
    { name: 'approvals, newest', ask: (tx) => listGates(tx, { ...gates, sort: 'newest' }) },
    { name: 'Inbox: mine, next due', ask: (tx) => listGates(tx, { ...gates, mine, sort: 'due' }) },
    { name: 'approvals, last decided', ask: (tx) => listGates(tx, { ...gates, status: null, sort: 'decided' }) },
    ...(['open', 'ignored', 'resolved'] as const).map((state): Look => {
      return {
        name: `incidents, ${state}`,
        ask: (tx) => listIncidents(tx, { ...incidents, state }, { before: null, limit }),
      };
    }),
    ...['unknown', 'rejected', 'done', 'suppressed'].map((state): Look => {
      return { name: `effects, ${state}`, ask: (tx) => listEffects(tx, { workspaceId, state, before: null, limit }) };
    }),
    {
      name: 'mails of a template',
      ask: (tx) => listMails(tx, { ...mails, of: { template: 't7', templateVersion: null } }, mailPage),
    },
    {
      name: 'mails of a template’s version',
      ask: (tx) => listMails(tx, { ...mails, of: { template: 't7', templateVersion: 2 } }, mailPage),
    },
    {
      name: 'mails of a template that no mail has',
      ask: (tx) => listMails(tx, { ...mails, of: { template: 'none', templateVersion: null } }, mailPage),
    },
    ...['journey-1', 'journey-7'].map((journey): Look => {
      return {
        name: `mails of a step of ${journey}`,
        ask: (tx) => listMails(tx, { ...mails, of: { journey, step: 's2' } }, mailPage),
      };
    }),
    { name: 'batches', ask: (tx) => listBatches(tx, { workspaceId, state: null, before: null, limit }) },
    ...(['all', 'flagged', 'undecided', 'failed', 'decided'] as const).map((show): Look => {
      return { name: `documents, ${show}`, ask: (tx) => listDocuments(tx, { ...documents, show }) };
    }),
    { name: 'search for a document', ask: (tx) => findDocuments(tx, workspaceId, 'D-0002', 20) },
    { name: 'search for a run', ask: (tx) => findRuns(tx, workspaceId, middleRunId, 20) },
    { name: 'audit log', ask: (tx) => listAudit(tx, audit) },
    { name: 'audit log of an act', ask: (tx) => listAudit(tx, { ...audit, act: 'gate.decided' }) },
    { name: 'audit log of an act that was never done', ask: (tx) => listAudit(tx, { ...audit, act: 'none' }) },
  ];
}
