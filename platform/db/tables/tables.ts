import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { BatchTables } from './documents.ts';
import type { CourseTables } from './courses.ts';
import type { EffectTables } from './effects.ts';
import type { JourneyTables } from './journeys.ts';

/** A `timestamptz`: read as a `Date`, written as a `Date` or an ISO instant. */
export type Instant = ColumnType<Date, Date | string, Date | string>;
/** An instant that may be missing. */
export type MaybeInstant = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
/** An instant that the database fills in. */
export type DefaultInstant = ColumnType<Date, Date | string | undefined, Date | string>;
/** A `bigint`: read as a string by the driver, hence as such. */
export type Big = ColumnType<string, string | number | bigint | undefined, string | number | bigint>;
/** A `jsonb` that the database fills with an empty value where none is given. */
export type Json<T extends object> = ColumnType<T, string | undefined, string>;

type Object = Record<string, unknown>;

type Tables = {
  workspace: { id: Generated<string>; slug: string; name: string; zone: Generated<string>; created_at: DefaultInstant };
  person: {
    id: Generated<string>;
    email: string;
    name: string;
    password_hash: string | null;
    created_at: DefaultInstant;
  };
  member: {
    workspace_id: string;
    id: Generated<string>;
    person_id: string;
    email: string;
    name: string;
    roles: string[];
    created_at: DefaultInstant;
    disabled_at: MaybeInstant;
  };
  session: {
    token_hash: Buffer;
    workspace_id: string;
    person_id: string;
    member_id: string;
    created_at: DefaultInstant;
    seen_at: DefaultInstant;
    expires_at: Instant;
  };
  sign_in_link: {
    token_hash: Buffer;
    purpose: string;
    workspace_id: string | null;
    member_id: string | null;
    expires_at: Instant;
    used_at: MaybeInstant;
  };
  sign_in_attempt: { subject_hash: Buffer; at: DefaultInstant };
  api_key: {
    workspace_id: string;
    id: Generated<string>;
    name: string;
    prefix: string;
    key_hash: Buffer;
    scopes: string[];
    created_by: string | null;
    created_at: DefaultInstant;
    expires_at: MaybeInstant;
    revoked_at: MaybeInstant;
    last_used_at: MaybeInstant;
  };
  audit_entry: {
    workspace_id: string;
    id: Generated<string>;
    at: DefaultInstant;
    actor_kind: string;
    actor_id: string | null;
    act: string;
    subject_kind: string;
    subject_id: string;
    detail: Json<Object>;
    request_id: string | null;
    seq: Big | null;
    previous_hash: Buffer | null;
    hash: Buffer | null;
  };
  idempotency_key: {
    workspace_id: string;
    key: string;
    request_hash: Buffer;
    status: number | null;
    response: JSONColumnType<Object> | null;
    created_at: DefaultInstant;
  };
  secret: { workspace_id: string; name: string; ciphertext: Buffer; key_id: string; updated_at: DefaultInstant };
  change_log: {
    xid: Generated<string>;
    seq: Generated<string>;
    workspace_id: string;
    topic: string;
    id: string;
    rev: Big;
    at: DefaultInstant;
  };
  run: {
    workspace_id: string;
    id: Generated<string>;
    kind: string;
    title: string;
    workflow_id: string;
    workflow_type: string | null;
    temporal_run_id: string | null;
    entry_key: string;
    subject_id: string;
    contact_id: string | null;
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
  };
  worker_heartbeat: { process: string; queue: string; build: string; seen_at: DefaultInstant };
  watermark: { name: string; value: string };
  contact: {
    workspace_id: string;
    id: Generated<string>;
    external_id: string;
    email: string | null;
    zone: string | null;
    attributes: Json<Object>;
    rev: Big;
    created_at: DefaultInstant;
    updated_at: DefaultInstant;
  };
  event: {
    workspace_id: string;
    id: string;
    name: string;
    contact_id: string;
    key: string | null;
    occurred_at: Instant;
    received_at: DefaultInstant;
    properties: Json<Object>;
  };
  wait: {
    workspace_id: string;
    id: Generated<string>;
    run_id: string;
    contact_id: string;
    event_name: string;
    key: string | null;
    step: string;
    visit: number;
    purpose: string;
    wait_from: Instant;
    due_at: MaybeInstant;
  };
  suppression: { workspace_id: string; channel: string; address_hash: string; reason: string; at: DefaultInstant };
};

/** Every table, for Kysely. One feature's tables stand in a file of their own. */
export type Database = Tables & EffectTables & JourneyTables & CourseTables & BatchTables;
