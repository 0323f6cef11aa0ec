import { Injectable } from '@nestjs/common';
import type { Run, RunDetail, RunQuery, Step } from '../../contracts/api/runs.schema.ts';
import type { PageQuery } from '../../contracts/api/values.schema.ts';
import { z } from 'zod';
import {
  effectsOfSteps,
  factsOf,
  findRun,
  listRuns,
  listSteps,
  openGatesOf,
  unreadCount,
  waitsOf,
} from '../../platform/db/runs-list.ts';
import { notFound } from '../http/app-error.ts';
import { beforeId, decodeCursor, type Page, pageBy, pageById } from '../http/paging.ts';
import type { Principal } from '../http/principal.ts';
import { Store } from '../http/store.ts';
import { runDetailOf, runOf, stepOf } from './run-view.ts';

/** The sort key of the timeline: the step's sequence number, a bigint as text. */
const SeqKey = z.tuple([z.string().regex(/^\d{1,18}$/)]);

/** Reads runs and their timelines. */
@Injectable()
export class RunsService {
  constructor(private readonly store: Store) {}

  async list(caller: Principal, query: RunQuery): Promise<Page<Run>> {
    const filter = {
      workspaceId: caller.workspaceId,
      kind: query.kind ?? null,
      status: query.status ?? null,
      waitingFor: query.waitingFor ?? null,
      contact: query.contact ?? null,
      journey: query.journey ?? null,
      before: beforeId(query.cursor),
      limit: query.limit,
    };
    const rows = await this.store.inWorkspace(caller, (tx) => listRuns(tx, filter));
    return pageById(rows, query.limit, runOf);
  }

  async show(caller: Principal, id: string): Promise<RunDetail> {
    return this.store.inWorkspace(caller, async (tx) => {
      const run = await findRun(tx, caller.workspaceId, id);
      if (!run) throw notFound('run');
      return runDetailOf(run, {
        facts: await factsOf(tx, run),
        waits: await waitsOf(tx, run),
        gateIds: await openGatesOf(tx, run),
        unreadInbox: await unreadCount(tx, run),
      });
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
