import type { Generated } from 'kysely';
import type { Big, DefaultInstant, Instant, Json } from './columns.ts';
import type { TableRecords } from './table-record.ts';

/** The tables of segments, and of who is in them. */
export type SegmentTables = {
  segment: {
    workspace_id: string;
    id: Generated<string>;
    slug: string;
    name: string;
    rule: Json<object>;
    /** How often the rule has been written. */
    version: Generated<number>;
    /** `building` until everybody has been looked at by this version of the rule. */
    state: Generated<string>;
    /** The last contact that has been looked at, while it is built. */
    cursor: string | null;
    /** How many have been. */
    looked: Generated<number>;
    /** The transaction that made it: what was under way then may have noted nobody. */
    born: Generated<string>;
    created_at: DefaultInstant;
    updated_at: DefaultInstant;
  };
  segment_member: { workspace_id: string; segment_id: string; contact_id: string; since: DefaultInstant };
  segment_change: {
    workspace_id: string;
    id: Big;
    segment_id: string;
    contact_id: string;
    has_entered: boolean;
    reason: string;
    at: DefaultInstant;
  };
  /** A contact of whom something has changed, and what; null for everything. */
  segment_dirty: { workspace_id: string; id: Big; contact_id: string; what: string[] | null };
  /** When the clock alone may next change whether a contact is in a segment. */
  segment_due: { workspace_id: string; segment_id: string; contact_id: string; at: Instant };
  /** What its members have come to, in parts. */
  segment_tally: { workspace_id: string; segment_id: string; n: Big };
};

/** Whose data each of them holds, and how long. */
export const segmentTables: TableRecords<SegmentTables> = {
  segment: { subject: 'none', retention: 'workspace' },
  segment_member: { subject: 'contact', onErasure: 'withContact', retention: 'workspace' },
  segment_change: { subject: 'contact', onErasure: 'withContact', retention: 'workspace' },
  segment_dirty: { subject: 'contact', onErasure: 'withContact', retention: 'use' },
  segment_due: { subject: 'contact', onErasure: 'withContact', retention: 'use' },
  segment_tally: { subject: 'none', retention: 'workspace' },
};
