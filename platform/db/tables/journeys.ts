import type { ColumnType, Generated } from 'kysely';
import type { Big, DefaultInstant, Json, MaybeInstant } from './columns.ts';
import { empty, type TableRecords } from './table-record.ts';

type Object = Record<string, unknown>;

/** The tables of journeys and templates with their versions. */
export type JourneyTables = {
  /** What a workspace says for all of its journeys. */
  journey_policy: { workspace_id: string; execution: string };
  journey: {
    workspace_id: string;
    id: Generated<string>;
    slug: string;
    name: string;
    status: Generated<string>;
    draft: ColumnType<Object | null, string | null | undefined, string | null>;
    live_version: number | null;
    paused_at: MaybeInstant;
    rev: Big;
    created_at: DefaultInstant;
    updated_at: DefaultInstant;
  };
  journey_version: {
    workspace_id: string;
    id: Generated<string>;
    journey_id: string;
    version: number;
    sha256: string;
    definition: Json<Object>;
    entry_events: string[];
    published_at: DefaultInstant;
    published_by: string | null;
    publisher: string | null;
  };
  template: {
    workspace_id: string;
    id: Generated<string>;
    kind: string;
    slug: string;
    latest: Generated<number>;
    rev: Big;
  };
  template_version: {
    workspace_id: string;
    id: Generated<string>;
    template_id: string;
    version: number;
    sha256: string;
    content: Json<Object>;
    created_at: DefaultInstant;
  };
  mailed_address: {
    workspace_id: string;
    version_id: string;
    step: string;
    address_hash: string;
    run_id: string;
  };
  journey_run: {
    workspace_id: string;
    run_id: string;
    journey_id: string;
    version_id: string;
    contact_id: string;
    entry: Json<Object>;
    /** The run of the same person for which it was ended, when two contacts were joined. */
    merged_into: string | null;
  };
};

/** Whose data each of them holds, and how long. */
export const journeyTables: TableRecords<JourneyTables> = {
  journey_policy: { subject: 'none', retention: 'workspace' },
  journey: { subject: 'none', retention: 'workspace' },
  journey_version: { subject: 'none', retention: 'workspace' },
  template: { subject: 'none', retention: 'workspace' },
  template_version: { subject: 'none', retention: 'workspace' },
  mailed_address: {
    subject: 'contact',
    onErasure: { by: 'run_id', rows: 'delete' },
    retention: 'workspace',
  },
  journey_run: {
    subject: 'contact',
    onErasure: {
      by: 'run_id',
      rows: {
        entry: `jsonb_build_object('eventId', null, 'event', entry->'event', 'key', null, 'properties', ${empty}::jsonb,
          'receivedAt', entry->'receivedAt')`,
      },
    },
    retention: 'workspace',
  },
};
