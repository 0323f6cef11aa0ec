import type { RetainedName } from '../../../contracts/core/retention.ts';

/**
 * How long a row stays: as long as its workspace; until the code that wrote it has no more use for it; or for one of the times in
 * `platform/retention.ts`. Where rows go by themselves, `since` is the column from which that time counts, and the sweep deletes them.
 */
type Kept<Row> = 'workspace' | 'use' | RetainedName | { name: RetainedName; since: keyof Row & string };

/** Columns through which a row is a contact's. */
export type ThroughColumn = 'contact_id' | 'run_id' | 'gate_id' | 'enrollment_id';

/**
 * What the erasure of a contact does to its rows. `withContact`: they go with the contact's own row. `by`: through their run, or the gate
 * of one, they are deleted or get new values, which are SQL. `keep`: they stay, and why; `by` is the column through which they are a contact's,
 * null where none says so.
 */
type OnErasure<Row> =
  | 'withContact'
  | { by: 'run_id' | 'gate_id'; rows: 'delete' | { readonly [C in keyof Row]?: string } }
  | { keep: string; by: (keyof Row & ThroughColumn) | null };

/**
 * What a table says of its rows. `subject`: whose data they hold: a contact's, that of people who work here, that of the people whom a
 * batch writes to and who need not be contacts, or nobody's. Erasures find a recipient's rows by what the batch knows of them: `emptyDocuments`.
 */
export type TableRecord<Row> = { retention: Kept<Row> } & (
  { subject: 'member' | 'recipient' | 'none' } | { subject: 'contact'; onErasure: OnErasure<Row> }
);

/** What each of several tables says of its rows. */
export type TableRecords<Tables> = { readonly [T in keyof Tables]: TableRecord<Tables[T]> };

/** An empty JSON object, as SQL. */
export const empty = "'{}'";
