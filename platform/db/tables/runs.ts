import type { ColumnType, Generated } from 'kysely';
import type { Big, DefaultInstant, Instant, Json, MaybeInstant } from './columns.ts';
import { empty, type TableRecords } from './table-record.ts';

type Object = Record<string, unknown>;

/** The tables of runs: what they are, what they have lived through, what they wait for and what wakes them. */
export type RunTables = {
  run: {
    workspace_id: string;
    id: Generated<string>;
    kind: string;
    title: string;
    workflow_id: string;
    workflow_type: string | null;
    temporal_run_id: string | null;
    entry_key: string;
    requested_by: string | null;
    subject_id: string;
    contact_id: string | null;
    pool: number | null;
    turn: Generated<number>;
    generation: Generated<number>;
    status: Generated<string>;
    waiting_for: string | null;
    current_step: string | null;
    next_due_at: MaybeInstant;
    open: Json<Object[]>;
    outcome: string | null;
    reason: string | null;
    rev: Big;
    started_at: DefaultInstant;
    updated_at: DefaultInstant;
    ended_at: MaybeInstant;
  };
  run_position: {
    workspace_id: string;
    run_id: string;
    step: string;
    subject_id: string | null;
    is_beside: Generated<boolean>;
  };
  silent_run: {
    workspace_id: string;
    run_id: string;
    turn: number;
    wakes: Generated<number>;
    woken_at: DefaultInstant;
  };
  run_turn: {
    workspace_id: string;
    run_id: string;
    turn: number;
    generation: number;
    state: Json<Object>;
    at: DefaultInstant;
  };
  run_inbox: {
    workspace_id: string;
    run_id: string;
    seq: Generated<string>;
    kind: string;
    ref: string;
    payload: Json<Object>;
    at: DefaultInstant;
    consumed_turn: number | null;
  };
  step: {
    workspace_id: string;
    run_id: string;
    step: string;
    visit: number;
    generation: number;
    seq: Generated<string>;
    kind: string;
    title: string;
    status: string;
    waiting_for: string | null;
    detail: Json<Object>;
    started_at: DefaultInstant;
    ended_at: MaybeInstant;
    due_at: MaybeInstant;
  };
  gate: {
    workspace_id: string;
    id: Generated<string>;
    run_id: string;
    step: string;
    visit: number;
    generation: number;
    round: number;
    title: string;
    outcomes: Json<Object[]>;
    assignee_kind: string;
    assignee_id: string;
    requested_by: string | null;
    content: Json<Object>;
    content_hash: string;
    due_at: MaybeInstant;
    on_timeout: string | null;
    status: Generated<string>;
    outcome: string | null;
    decided_at: MaybeInstant;
    rev: Big;
    opened_at: DefaultInstant;
    mail_at: MaybeInstant;
  };
  gate_vote: {
    workspace_id: string;
    gate_id: string;
    voter_kind: string;
    voter_id: string;
    outcome: string;
    comment: string | null;
    form: ColumnType<Object | null, string | null | undefined, string | null>;
    via: string;
    at: DefaultInstant;
  };
  gate_link: {
    token_hash: Buffer;
    workspace_id: string;
    gate_id: string;
    member_id: string;
    content_hash: string;
    round: number;
    expires_at: Instant;
    made_at: DefaultInstant;
  };
  outbox: {
    id: Generated<string>;
    workspace_id: string;
    run_id: string;
    workflow_id: string;
    workflow_type: string;
    partition: number;
    unfinished: Generated<number>;
    failures: Generated<number>;
    available_at: DefaultInstant;
    parked_at: MaybeInstant;
    error: string | null;
    at: DefaultInstant;
  };
  pool_ready: {
    workspace_id: string;
    run_id: string;
    pool: number;
    lane: number;
    id: Generated<string>;
    at: DefaultInstant;
  };
  pool_action: {
    workspace_id: string;
    run_id: string;
    key: string;
    activity: string;
    queue: string;
    pool: number;
    tries: Generated<number>;
    available_at: DefaultInstant;
  };
  pool_fault: {
    workspace_id: string;
    run_id: string;
    throws: Generated<number>;
    deaths: Generated<number>;
    build: string;
    retry_at: MaybeInstant;
  };
  pool_batch: {
    id: Generated<string>;
    workspace_id: string;
    pool: number;
    run_ids: string[];
    is_alone: Generated<boolean>;
    at: DefaultInstant;
  };
  pool_pass: { pool: number; pools: number; busy_until: Instant };
  dispatcher: { name: string; until: Instant };
  outbox_partition: { partition: number; holder: string | null; until: Instant };
  incident: {
    workspace_id: string;
    id: Generated<string>;
    run_id: string | null;
    kind: string;
    message: string;
    detail: Json<Object>;
    state: Generated<string>;
    rev: Big;
    opened_at: DefaultInstant;
    resolved_at: MaybeInstant;
    size: Generated<number>;
    owner_id: string | null;
    owned_at: MaybeInstant;
    ignored_at: MaybeInstant;
    ignored_until: MaybeInstant;
    ignored_above: number | null;
    ignored_because: string | null;
  };
  change_log: {
    xid: Generated<string>;
    seq: Generated<string>;
    workspace_id: string;
    topic: string;
    id: string;
    rev: Big;
    at: DefaultInstant;
  };
  worker_heartbeat: { process: string; queue: string; build: string; seen_at: DefaultInstant };
  worker_life: {
    id: string;
    process: string;
    started_at: DefaultInstant;
    seen_at: DefaultInstant;
    ended_at: MaybeInstant;
    last_words: string | null;
  };
  watermark: { name: string; value: string };
};

/** Whose data each of them holds, and how long. */
export const runTables: TableRecords<RunTables> = {
  run: {
    subject: 'contact',
    onErasure: {
      keep: 'that there was a run, when, and how it ended; its contact is an id that names no one',
      by: 'contact_id',
    },
    retention: 'workspace',
  },
  run_position: { subject: 'contact', onErasure: { by: 'run_id', rows: 'delete' }, retention: 'use' },
  silent_run: { subject: 'none', retention: 'use' },
  run_turn: { subject: 'contact', onErasure: { by: 'run_id', rows: 'delete' }, retention: 'turns' },
  run_inbox: {
    subject: 'contact',
    onErasure: { by: 'run_id', rows: { payload: empty } },
    retention: 'workspace',
  },
  step: {
    subject: 'contact',
    onErasure: {
      by: 'run_id',
      rows: { detail: empty, status: "case when status in ('running', 'waiting') then 'skipped' else status end" },
    },
    retention: 'workspace',
  },
  gate: { subject: 'contact', onErasure: { by: 'run_id', rows: { content: empty } }, retention: 'workspace' },
  gate_vote: {
    subject: 'contact',
    onErasure: { by: 'gate_id', rows: { comment: 'null', form: 'null' } },
    retention: 'workspace',
  },
  gate_link: { subject: 'member', retention: { name: 'gateLinks', since: 'expires_at' } },
  outbox: { subject: 'none', retention: 'use' },
  pool_ready: { subject: 'none', retention: 'use' },
  pool_action: { subject: 'none', retention: 'use' },
  pool_fault: { subject: 'none', retention: 'use' },
  pool_batch: { subject: 'none', retention: 'use' },
  pool_pass: { subject: 'none', retention: 'use' },
  dispatcher: { subject: 'none', retention: 'use' },
  outbox_partition: { subject: 'none', retention: 'use' },
  incident: { subject: 'none', retention: 'workspace' },
  change_log: { subject: 'none', retention: 'changes' },
  worker_heartbeat: { subject: 'none', retention: 'use' },
  worker_life: { subject: 'none', retention: 'use' },
  watermark: { subject: 'none', retention: 'workspace' },
};
