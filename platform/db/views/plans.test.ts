import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askedBy } from '../../../test/bench/statements/statements-of.ts';
import { createTestDatabase, type TestDatabase, withAdmin } from '../../../test/support/database.ts';
import { runFilter } from '../../../test/support/run-filter.ts';
import { kysely } from '../core/kysely.ts';
import { roleUrl } from '../core/role-logins.ts';
import { inWorkspace, type Tx } from '../core/workspace.ts';
import { listAudit } from './audit-list.ts';
import { listContacts } from './contacts-list.ts';
import { countJourneyEdges, countJourneySteps } from './journey-figures.ts';
import { liveFigures, workByHour } from './overview.ts';
import { listEffects } from './runs/effects-list.ts';
import { listMails, type MailFilter } from './runs/mails-list.ts';
import { countRuns } from './runs/count-runs.ts';
import { listRuns } from './runs/runs-list.ts';
import type { RunFilter } from './runs/run-filter.ts';
import { findContacts, findDocuments } from './search.ts';
import { storageOf } from './storage.ts';
import { newId } from '../../ids.ts';

/** Where the rows of a workspace are that grow by the million. */
const large = /on (run|step|effect|contact|run_turn|event|document|audit_entry)\b/;

describe('what lists are read from (issue 15 §3)', () => {
  let database: TestDatabase;
  let client: pg.Client;
  beforeAll(async () => {
    database = await createTestDatabase();
    client = new pg.Client({ connectionString: roleUrl(database.config, 'tl_app') });
    await client.connect();
    await client.query(`select set_config('app.workspace', $1, false)`, [database.workspaceId]);
    // Each table is small here: what is still read from end to end has no index that row-level security lets it use.
    await client.query('set enable_seqscan = off; set enable_bitmapscan = off; set enable_sort = off');
  });
  afterAll(async () => {
    await client?.end();
    await database?.stop();
  });

  /** The plans of what a look asks for, under row-level security. */
  async function plansOf(look: (tx: Tx) => Promise<unknown>): Promise<string> {
    const asked = await askedBy(() => inWorkspace(database.app, database.workspaceId, look));
    const lines: string[] = [];
    for (const { text, values } of asked.filter((one) => /^\s*(select|with|\()/i.test(one.text))) {
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain ${text}`, values);
      lines.push(...rows.map((row) => row['QUERY PLAN']));
    }
    return lines.join('\n');
  }

  const runs = (only: Partial<RunFilter>): RunFilter => runFilter(database.workspaceId, only);
  const mails = (of: MailFilter['of']): MailFilter => {
    return { workspaceId: database.workspaceId, of, version: null, after: null, before: null, show: 'all' };
  };

  it('is an index in its order for what happens next, up to an instant that is a value', async () => {
    const plan = await plansOf((tx) => listRuns(tx, runs({}), { sort: 'due', after: null }, 50));
    expect(plan).toMatch(/Index Scan using run_due on run r\b.*\n.*Index Cond: .*next_due_at IS NOT NULL/);
    expect(plan).toMatch(/next_due_at <= 'infinity'/);
  });

  it('is where runs stand, for those at a step of a journey', async () => {
    const plan = await plansOf((tx) =>
      listRuns(tx, runs({ journey: 'a', step: 's' }), { sort: 'newest', before: null }, 50),
    );
    expect(plan).toMatch(/Index Only Scan Backward using run_position_in_journey .*\n.*Index Cond: .*step = /);
  });

  it('is the column of the template, and the journey with its step, for mails', async () => {
    const page = { before: null, limit: 50 };
    const ofVersion = await plansOf((tx) => listMails(tx, mails({ template: 'a', templateVersion: 1 }), page));
    expect(ofVersion).toMatch(/using effect_of_template on effect e\b.*\n.*Index Cond: .*template = /);
    const ofTemplate = await plansOf((tx) => listMails(tx, mails({ template: 'a', templateVersion: null }), page));
    expect(ofTemplate).toMatch(/using effect_of_template on effect\b.*\n.*Index Cond: .*template >= .*template < /);
    const ofStep = await plansOf((tx) => listMails(tx, mails({ journey: 'a', step: 's' }), page));
    expect(ofStep).toMatch(/using effect_mails_in_journey on effect e\b.*\n.*Index Cond: .*subject_id = .*step = /);
  });

  it('is an index of their own for rare acts, and for effects that were left out', async () => {
    const page = { workspaceId: database.workspaceId, before: null, limit: 50 };
    const audit = await plansOf((tx) =>
      listAudit(tx, { ...page, act: 'run.paused', actorId: null, subjectId: null, since: null }),
    );
    expect(audit).toContain('using audit_entry_of_act on audit_entry a');
    expect(await plansOf((tx) => listEffects(tx, { ...page, state: 'suppressed' }))).toContain('using effect_');
  });

  it('is no table of rows by the million, for counts', async () => {
    const { workspaceId } = database;
    const scope = { workspaceId, journeyId: newId(), version: 1 };
    const looks = [
      (tx: Tx) => countRuns(tx, runs({ journey: 'a', version: 1, state: 'live' })),
      (tx: Tx) => countJourneySteps(tx, scope),
      (tx: Tx) => countJourneyEdges(tx, scope),
      (tx: Tx) => workByHour(tx, workspaceId),
    ];
    for (const look of looks) {
      const plan = await plansOf(look);
      expect(plan).toMatch(/on (run_tally|run_hour|step_tally|step_way)\b/);
      expect(plan).not.toMatch(large);
    }
    expect(await plansOf((tx) => liveFigures(tx, workspaceId))).toMatch(/on run_tally\b/);
  });

  it('is a function of the owner that may use an index, for how names begin', async () => {
    const { workspaceId } = database;
    const page = { workspaceId, email: null, q: null, before: null, limit: 50 };
    const looks = [
      (tx: Tx) => listContacts(tx, { ...page, q: 'an' }),
      (tx: Tx) => listContacts(tx, { ...page, email: 'ana@example.com' }),
      (tx: Tx) => findContacts(tx, workspaceId, 'an', 20),
      (tx: Tx) => findDocuments(tx, workspaceId, 'D-1', 20),
    ];
    for (const look of looks) {
      const plan = await plansOf(look);
      expect(plan).toMatch(/(contacts|documents)_|Index Cond: .*id = ANY/);
      expect(plan).not.toMatch(/lower\(/);
    }
  });

  it('is a count one by one of few rows, and what Postgres expects of many', async () => {
    const { workspaceId, system, app } = database;
    const events = async (): Promise<number | undefined> => {
      const kept = await inWorkspace(app, workspaceId, (tx) => storageOf(tx, workspaceId));
      return kept.find(({ part }) => part === 'events')?.count;
    };
    // As a superuser, for whom no statement takes too long.
    const add = (from: number, to: number): Promise<unknown> =>
      withAdmin(database.config.DATABASE_URL, (admin) =>
        admin.query(
          `insert into event (workspace_id, id, name, contact_id, occurred_at) select c.workspace_id, 'e' || n, 'happened', c.id, now()
          from contact c, generate_series($2::int, $3::int) n where c.workspace_id = $1`,
          [workspaceId, from, to],
        ),
      );
    await kysely(system).insertInto('contact').values({ workspace_id: workspaceId, external_id: 'ana' }).execute();
    await add(1, 3);
    expect(await events()).toBe(3);
    await add(4, 12_000);
    await withAdmin(database.config.DATABASE_URL, (admin) => admin.query('analyze event'));
    expect(await events()).toBeGreaterThan(11_000);
    expect(await events()).toBeLessThan(13_000);
  });
});
