import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GateStatus } from '../../../contracts/approvals/gates-api.schema.ts';
import { effectKinds, effectModes } from '../../../contracts/core/effects.ts';
import { assigneeKinds, stepStatuses, waitReasons } from '../../../contracts/core/machine.ts';
import { retainedNames } from '../../../contracts/core/retention.ts';
import { EffectState } from '../../../contracts/runs/effects-api.schema.ts';
import { RunStatus } from '../../../contracts/runs/runs-api.schema.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { kysely } from '../core/kysely.ts';
import { tableRecords } from './tables.ts';

/** What the migrations keep for themselves, and the mark that there is an administrator: no program reads or writes them. */
const apart = ['installation', 'kysely_migration', 'kysely_migration_lock'];

describe('what the tables say of their rows', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.stop());

  async function names(query: ReturnType<typeof sql<{ name: string }>>): Promise<string[]> {
    const { rows } = await query.execute(kysely(database.system));
    return rows.map(({ name }) => name);
  }

  const record = (name: string) => tableRecords.find(([table]) => table === name)?.[1];

  it('is said for every table of the catalogue', async () => {
    const found = await names(sql`select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition`);
    const declared = tableRecords.map(([table]) => table);
    expect(found.toSorted()).toEqual([...declared, ...apart].toSorted());
  });

  it('calls data of contacts what belongs to one', async () => {
    const theirs = await names(sql`select table_name as name from information_schema.columns
      where table_schema = 'public' and column_name = 'contact_id'`);
    expect(theirs.filter((table) => record(table)?.subject !== 'contact')).toEqual([]);
  });

  it('has the database delete with a contact what is said to go with it', async () => {
    const going = await names(sql`select conrelid::regclass::text as name from pg_constraint
      where contype = 'f' and confrelid = 'contact'::regclass and confdeltype = 'c'`);
    const declared = tableRecords.flatMap(([table, of]) =>
      of.subject === 'contact' && of.onErasure === 'withContact' ? [table] : [],
    );
    expect(declared.toSorted()).toEqual([...going, 'contact'].toSorted());
  });

  it('takes the values that the contracts name, and no others', async () => {
    const { rows } = await sql<{ column: string; check: string }>`
      select c.conrelid::regclass || '.' || a.attname as column, pg_get_constraintdef(c.oid) as check
      from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and c.conkey = array[a.attnum]
      where c.contype = 'c'`.execute(kysely(database.system));
    const named = {
      'run.waiting_for': waitReasons,
      'step.status': stepStatuses,
      'effect.kind': effectKinds,
      'effect.mode': effectModes,
      'effect.state': EffectState.options,
      'gate.assignee_kind': assigneeKinds,
      'gate.status': GateStatus.options,
      'run.status': RunStatus.options,
    };
    const checked = rows.filter(({ column }) => Object.hasOwn(named, column));
    const allowed = checked.map(({ column, check }) => [
      column,
      [...check.matchAll(/'([^']*)'::text/g)].map(([, name]) => name),
    ]);
    expect(Object.fromEntries(allowed)).toEqual(named);
  });

  it('names a use for every time that is a setting', () => {
    const used = tableRecords.map(([, { retention }]) => (typeof retention === 'object' ? retention.name : retention));
    // A failed run keeps its turns for longer: a second time of the same table.
    expect(retainedNames.filter((name) => !used.includes(name))).toEqual(['failedRuns']);
  });
});
