import { Injectable } from '@nestjs/common';
import type {
  RewindPreview,
  Run,
  RunCountQuery,
  RunCounts,
  RunDetail,
  RunQuery,
  Step,
  Turn,
} from '../../contracts/runs/runs-api.schema.ts';
import type { PageQuery } from '../../contracts/core/values.schema.ts';
import { z } from 'zod';
import { countRuns } from '../../platform/db/views/runs/count-runs.ts';
import {
  effectsOfSteps,
  factsOf,
  findRun,
  hasTurn,
  listRuns,
  listSteps,
  openGatesOf,
  type RunPage,
  unreadCount,
  waitsOf,
} from '../../platform/db/views/runs/runs-list.ts';
import type { RunFilter } from '../../platform/db/views/runs/run-filter.ts';
import { doneSince, listTurns } from '../../platform/db/views/runs/run-turns-list.ts';
import { notFound } from '../http/errors/app-error.ts';
import { beforeId, decodeCursor, type Page, pageBy } from '../http/request/paging.ts';
import type { Principal } from '../http/caller/principal.ts';
import { Store } from '../http/store.ts';
import { findFailure } from './run-failure.ts';
import { previewOf, runDetailOf, runOf, stepOf } from './run-view.ts';

/** The sort key of the timeline: the step's sequence number, a bigint as text. */
const SeqKey = z.tuple([z.string().regex(/^\d{1,18}$/)]);

/** The sort keys of the other lists: a turn's number; a due instant, empty where there is none, and an id. */
const TurnKey = z.tuple([z.int().min(0)]);
const DueKey = z.tuple([z.union([z.literal(''), z.iso.datetime()]), z.uuid()]);

/** Reads runs and their timelines. */
@Injectable()
export class RunsService {
  constructor(private readonly store: Store) {}

  async list(caller: Principal, query: RunQuery): Promise<Page<Run>> {
    const page = pageOf(query);
    const rows = await this.store.inWorkspace(caller, (tx) => listRuns(tx, filterOf(caller, query), page, query.limit));
    const keyOf = (row: (typeof rows)[number]): string | string[] =>
      page.sort === 'newest' ? row.id : [row.step_due_at?.toISOString() ?? '', row.id];
    return pageBy(rows, query.limit, keyOf, runOf);
  }

  async count(caller: Principal, query: RunCountQuery): Promise<RunCounts> {
    const filter = filterOf(caller, query);
    const [rows, troubled] = await this.store.inWorkspace(caller, async (tx) => [
      await countRuns(tx, filter),
      filter.state === 'ended' ? [] : await countRuns(tx, { ...filter, state: 'trouble' }),
    ]);
    const sum = (counted: typeof rows): number => counted.reduce((all, { count }) => all + count, 0);
    const by = (key: 'kind' | 'status' | 'waiting_for'): Record<string, number> => {
      const groups: Record<string, number> = {};
      for (const row of rows) {
        const name = row[key];
        if (name !== null) groups[name] = (groups[name] ?? 0) + row.count;
      }
      return groups;
    };
    return {
      total: sum(rows),
      byKind: by('kind'),
      byStatus: by('status'),
      byWaitingFor: by('waiting_for'),
      trouble: sum(troubled),
    };
  }

  async show(caller: Principal, id: string): Promise<RunDetail> {
    return this.store.inWorkspace(caller, async (tx) => {
      const run = await findRun(tx, caller.workspaceId, id);
      if (!run) throw notFound('run');
      const read = {
        facts: await factsOf(tx, run),
        waits: await waitsOf(tx, run),
        gateIds: await openGatesOf(tx, run),
        unreadInbox: await unreadCount(tx, run),
        found: await findFailure(tx, run),
      };
      return runDetailOf(run, read, caller.permissions.has('runs:operate'));
    });
  }

  async turns(caller: Principal, id: string, query: PageQuery): Promise<Page<Turn>> {
    const { workspaceId } = caller;
    const before = query.cursor === undefined ? null : decodeCursor(query.cursor, TurnKey)[0];
    return this.store.inWorkspace(caller, async (tx) => {
      if (!(await findRun(tx, workspaceId, id))) throw notFound('run');
      const rows = await listTurns(tx, { workspaceId, runId: id, before, limit: query.limit });
      return pageBy(
        rows,
        query.limit,
        ({ turn }) => turn,
        (row) => ({ ...row, at: row.at.toISOString() }),
      );
    });
  }

  async previewRewind(caller: Principal, id: string, turn: number): Promise<RewindPreview> {
    return this.store.inWorkspace(caller, async (tx) => {
      const run = await findRun(tx, caller.workspaceId, id);
      if (!run || !(await hasTurn(tx, run, turn))) throw notFound('run');
      return previewOf(await doneSince(tx, run, turn));
    });
  }

  async steps(caller: Principal, id: string, query: PageQuery): Promise<Page<Step>> {
    const { workspaceId } = caller;
    const after = query.cursor === undefined ? null : decodeCursor(query.cursor, SeqKey)[0];
    return this.store.inWorkspace(caller, async (tx) => {
      if (!(await findRun(tx, workspaceId, id))) throw notFound('run');
      const rows = await listSteps(tx, { workspaceId, runId: id, after, limit: query.limit });
      const steps = [...new Set(rows.map((row) => row.step))];
      const effects = await effectsOfSteps(tx, { workspaceId, runId: id, steps });
      return pageBy(
        rows,
        query.limit,
        (row) => row.seq,
        (row) => stepOf(row, effects),
      );
    });
  }
}

/** The filters of a request as the list of runs takes them. */
export function filterOf(caller: Pick<Principal, 'workspaceId'>, query: RunCountQuery): RunFilter {
  return {
    workspaceId: caller.workspaceId,
    kind: query.kind ?? null,
    status: query.status ?? null,
    state: query.state ?? null,
    waitingFor: query.waitingFor ?? null,
    contact: query.contact ?? null,
    journey: query.journey ?? null,
    version: query.version ?? null,
    step: query.step ?? null,
    startedAfter: query.startedAfter ?? null,
  };
}

function pageOf({ sort, cursor }: RunQuery): RunPage {
  if (sort === 'newest') return { sort, before: beforeId(cursor) };
  if (cursor === undefined) return { sort, after: null };
  const [dueAt, id] = decodeCursor(cursor, DueKey);
  return { sort, after: { dueAt: dueAt === '' ? null : dueAt, id } };
}
