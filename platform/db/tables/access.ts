import type { Generated, JSONColumnType } from 'kysely';
import type { Big, DefaultInstant, Instant, Json, MaybeInstant } from './columns.ts';
import type { TableRecords } from './table-record.ts';

type Object = Record<string, unknown>;

/** The tables of workspaces, of the people who work in them, and of what they did. */
export type AccessTables = {
  workspace: {
    id: Generated<string>;
    slug: string;
    name: string;
    zone: Generated<string>;
    created_at: DefaultInstant;
    mail_from: string | null;
    mail_name: string | null;
    mail_reply_to: string | null;
  };
  person: {
    id: Generated<string>;
    /** Null where the address is that of a person of another workspace, until a mailed link proves that they are the same. */
    email: string | null;
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
    by_link: Generated<boolean>;
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
  password_reset: {
    id: Generated<string>;
    email: string;
    asked_from: string;
    asked_at: DefaultInstant;
    mail_at: MaybeInstant;
    attempt: Generated<number>;
  };
  saved_view: {
    workspace_id: string;
    id: Generated<string>;
    member_id: string;
    page: string;
    name: string;
    query: Json<Object>;
    saved_at: DefaultInstant;
  };
  test_mail: {
    workspace_id: string;
    id: Generated<string>;
    member_id: string;
    /** `subject` and `html`; null once the mail has left or is given up. */
    words: Json<object> | null;
    asked_at: DefaultInstant;
    mail_at: MaybeInstant;
    attempt: Generated<number>;
  };
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
  secret: {
    workspace_id: string;
    name: string;
    ciphertext: Buffer;
    key_id: string;
    updated_at: DefaultInstant;
    ends_with: Generated<string>;
    set_by: string | null;
  };
  master_key: { id: string; noted_at: DefaultInstant; ciphertext: Buffer | null; sealed_by: string | null };
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
};

/** Whose data each of them holds, and how long. */
export const accessTables: TableRecords<AccessTables> = {
  workspace: { subject: 'none', retention: 'workspace' },
  person: { subject: 'member', retention: 'workspace' },
  member: { subject: 'member', retention: 'workspace' },
  session: { subject: 'member', retention: { name: 'sessions', since: 'expires_at' } },
  sign_in_link: { subject: 'member', retention: { name: 'signInLinks', since: 'expires_at' } },
  sign_in_attempt: { subject: 'member', retention: { name: 'signInAttempts', since: 'at' } },
  password_reset: { subject: 'member', retention: { name: 'signInAttempts', since: 'asked_at' } },
  saved_view: { subject: 'member', retention: 'workspace' },
  test_mail: { subject: 'member', retention: { name: 'signInAttempts', since: 'asked_at' } },
  api_key: { subject: 'none', retention: 'workspace' },
  secret: { subject: 'none', retention: 'workspace' },
  master_key: { subject: 'none', retention: 'use' },
  audit_entry: { subject: 'member', retention: 'workspace' },
  idempotency_key: {
    subject: 'contact',
    onErasure: { keep: 'an answer may name the contact, and a repeated call must get the same one', by: null },
    retention: { name: 'answers', since: 'created_at' },
  },
};
