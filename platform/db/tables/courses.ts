import type { Generated } from 'kysely';
import type { Big, DefaultInstant, Instant, Json, MaybeInstant } from './columns.ts';
import type { TableRecords } from './table-record.ts';

type Object = Record<string, unknown>;

/** The tables of courses, seats and money. */
export type CourseTables = {
  course: {
    workspace_id: string;
    id: Generated<string>;
    slug: string;
    title: string;
    prerequisites: string[];
    completion: Json<Object>;
    rev: Big;
  };
  course_run: {
    workspace_id: string;
    id: Generated<string>;
    course_id: string;
    slug: string;
    title: string;
    capacity: number;
    overbook: Generated<number>;
    waitlist_capacity: number;
    held: Generated<number>;
    confirmed: Generated<number>;
    details: Json<Object>;
    rev: Big;
  };
  enrollment: {
    workspace_id: string;
    id: Generated<string>;
    course_run_id: string;
    contact_id: string;
    attempt: number;
    run_id: string;
    terms: Json<Object>;
    lifecycle: Generated<string>;
    payment: Generated<string>;
    access: Generated<string>;
    outcome: string | null;
    rev: Big;
    requested_at: DefaultInstant;
    ended_at: MaybeInstant;
  };
  seat: { workspace_id: string; enrollment_id: string; course_run_id: string; kind: string; expires_at: MaybeInstant };
  waitlist_entry: {
    workspace_id: string;
    enrollment_id: string;
    course_run_id: string;
    seq: Generated<string>;
    priority: Generated<number>;
  };
  payment: {
    workspace_id: string;
    checkout_id: string;
    enrollment_id: string;
    perform: string;
    status: Generated<string>;
    url: string | null;
    amount_minor: Big;
    currency: string;
    payment_intent: string | null;
    received_minor: string | number | null;
    received_currency: string | null;
    paid_at: MaybeInstant;
    is_own: boolean | null;
    created_at: DefaultInstant;
  };
  money_back: {
    workspace_id: string;
    id: string;
    kind: 'refund' | 'dispute';
    enrollment_id: string;
    payment_intent: string;
    amount_minor: Big;
    currency: string;
    status: string;
    is_out: boolean;
    is_own: boolean;
    seen_at: DefaultInstant;
  };
  payment_event: {
    workspace_id: string;
    id: string;
    enrollment_id: string;
    kind: string;
    payload: Json<Object>;
    received_at: DefaultInstant;
  };
  progress_event: {
    workspace_id: string;
    id: string;
    enrollment_id: string;
    verb: string;
    payload: Json<Object>;
    occurred_at: Instant;
    received_at: DefaultInstant;
  };
  course_message: {
    workspace_id: string;
    id: Generated<string>;
    course_run_id: string;
    audience: string;
    subject: string;
    words: string;
    recipients: number;
    sent_by: string | null;
    sent_at: DefaultInstant;
  };
};

/** Erasing a contact waits for the end of its enrollments, and leaves them. */
const ofMoney = <By extends 'contact_id' | 'enrollment_id'>(by: By) =>
  ({
    subject: 'contact',
    onErasure: { keep: 'a record of money and certificates; its contact is an id that names no one', by },
    retention: 'workspace',
  }) as const;

/** Whose data each of them holds, and how long. */
export const courseTables: TableRecords<CourseTables> = {
  course: { subject: 'none', retention: 'workspace' },
  course_run: { subject: 'none', retention: 'workspace' },
  enrollment: ofMoney('contact_id'),
  seat: ofMoney('enrollment_id'),
  waitlist_entry: ofMoney('enrollment_id'),
  payment: ofMoney('enrollment_id'),
  money_back: ofMoney('enrollment_id'),
  payment_event: ofMoney('enrollment_id'),
  progress_event: ofMoney('enrollment_id'),
  course_message: { subject: 'none', retention: 'workspace' },
};
