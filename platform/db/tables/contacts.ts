import type { ColumnType, Generated } from 'kysely';
import type { ErasedPerson } from '../../../domain/documents/erased.ts';
import type { Big, DefaultInstant, Instant, Json, MaybeInstant } from './columns.ts';
import type { TableRecords } from './table-record.ts';

type Object = Record<string, unknown>;

/** The tables of contacts, their events, and whom not to write to. */
export type ContactTables = {
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
  contact_alias: {
    workspace_id: string;
    external_id: string;
    contact_id: string;
    /** The id of the contact that had the external id; null where nobody did. */
    former_id: string | null;
    /** Its address, where the contact that stays has another. */
    email: string | null;
    at: DefaultInstant;
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
    is_history: Generated<boolean>;
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
    purpose: string | null;
    wait_from: Instant;
    after_occurred: MaybeInstant;
    after_received: MaybeInstant;
    due_at: MaybeInstant;
  };
  suppression: {
    workspace_id: string;
    channel: string;
    address_hash: string;
    reason: string;
    at: DefaultInstant;
    key_id: string | null;
    detail: string | null;
    /** The reasons after the first: `reason`, `at` and `note` of each. */
    more: Json<object[]>;
  };
  mail: {
    workspace_id: string;
    effect_id: string;
    contact_id: string;
    recipient: string;
    subject: string;
  };
  mail_report: {
    workspace_id: string;
    id: string;
    effect_id: string;
    contact_id: string;
    kind: string;
    status: string | null;
    diagnostic: string | null;
    token: string | null;
    at: Instant;
    received_at: DefaultInstant;
  };
  returned_mailbox: {
    name: string;
    validity: string | null;
    uid: Big;
    unread: Generated<number>;
    holder: string;
    until: Instant;
  };
  opt_out: {
    workspace_id: string;
    contact_id: string;
    channel: string;
    reason: string;
    note: string | null;
    at: DefaultInstant;
  };
  consent_change: {
    workspace_id: string;
    id: Generated<string>;
    contact_id: string;
    channel: string;
    is_open: boolean;
    reason: string;
    note: string | null;
    at: DefaultInstant;
  };
  erasure: {
    workspace_id: string;
    id: Generated<string>;
    contact_id: string;
    /** Whom it looks for in batches; null once it has ended. */
    person: ColumnType<ErasedPerson | null, string, null>;
    /** The last batch that it has come to, of those with a file of rows of their own. */
    cursor: string | null;
    /** Such batches that it has to come back to. */
    pending: Generated<string[]>;
    /** Keys in the object store that nothing points to any more. */
    objects: Generated<string[]>;
    /** Keys under which it has written files anew; one that no batch points to goes with its end. */
    written: Generated<string[]>;
    documents: Generated<number>;
    refused_rows: Generated<number>;
    uploads: Generated<number>;
    archives: Generated<number>;
    /** Documents of others that name the person, and stay. */
    others: Generated<number>;
    asked_at: DefaultInstant;
    /** Before it nobody looks at it; the one whose instant is the oldest comes first. */
    next_at: DefaultInstant;
    /** Passes in a row that have failed. */
    tries: Generated<number>;
    /** The pass that works at it, and until when it is believed to. */
    holder: string | null;
    held_until: Date | null;
    ended_at: MaybeInstant;
  };
};

/** Whose data each of them holds, and how long. */
export const contactTables: TableRecords<ContactTables> = {
  contact: { subject: 'contact', onErasure: 'withContact', retention: 'workspace' },
  contact_alias: { subject: 'contact', onErasure: 'withContact', retention: 'workspace' },
  event: { subject: 'contact', onErasure: 'withContact', retention: 'workspace' },
  wait: { subject: 'contact', onErasure: 'withContact', retention: 'use' },
  mail: { subject: 'contact', onErasure: 'withContact', retention: 'workspace' },
  mail_report: { subject: 'contact', onErasure: 'withContact', retention: 'workspace' },
  consent_change: { subject: 'contact', onErasure: 'withContact', retention: 'workspace' },
  erasure: {
    subject: 'contact',
    onErasure: { keep: 'what has been erased and when; whom it looks for goes with its end', by: null },
    retention: 'workspace',
  },
  returned_mailbox: { subject: 'none', retention: 'use' },
  opt_out: { subject: 'contact', onErasure: 'withContact', retention: 'workspace' },
  suppression: {
    subject: 'contact',
    onErasure: { keep: 'a keyed hash of an address that must not be written to', by: null },
    retention: 'workspace',
  },
};
