import type { ColumnType, Generated } from 'kysely';
import type { Instant, MaybeInstant } from './columns.ts';
import type { TableRecords } from './table-record.ts';

/** A count: of plus and minus. */
type Count = ColumnType<string, string | number, never>;

/** What is counted of runs and their steps: rows of plus and minus, and the sums of many (`is_sum`). */
export type TallyTables = {
  run_tally: {
    workspace_id: string;
    kind: string;
    subject_id: string | null;
    version_id: string | null;
    status: string;
    is_live: boolean;
    waiting_for: string | null;
    step: string | null;
    has_goal: boolean;
    is_sum: Generated<boolean>;
    n: Count;
  };
  run_hour: {
    workspace_id: string;
    subject_id: string | null;
    hour: Instant;
    is_sum: Generated<boolean>;
    started: Count;
    ended: Count;
    finished: Count;
    failed: Count;
    reached: Count;
  };
  step_tally: {
    workspace_id: string;
    subject_id: string;
    version_id: string | null;
    step: string;
    status: string;
    hour: MaybeInstant;
    spell: number | null;
    is_sum: Generated<boolean>;
    n: Count;
  };
  step_way: {
    workspace_id: string;
    subject_id: string;
    version_id: string | null;
    origin: string | null;
    step: string;
    hour: Instant;
    is_sum: Generated<boolean>;
    n: Count;
  };
};

/** Whose data each of them holds, and how long. */
export const tallyTables: TableRecords<TallyTables> = {
  run_tally: { subject: 'none', retention: 'workspace' },
  run_hour: { subject: 'none', retention: 'use' },
  step_tally: { subject: 'none', retention: 'workspace' },
  step_way: { subject: 'none', retention: 'use' },
};
