import type { ColumnType, Generated } from 'kysely';
import type { Big, DefaultInstant, Json } from './tables.ts';

type Object = Record<string, unknown>;

/** The tables of journeys and templates with their versions. */
export type JourneyTables = {
  journey: {
    workspace_id: string;
    id: Generated<string>;
    slug: string;
    name: string;
    status: Generated<string>;
    draft: ColumnType<Object | null, string | null | undefined, string | null>;
    live_version: number | null;
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
  journey_run: {
    workspace_id: string;
    run_id: string;
    journey_id: string;
    version_id: string;
    contact_id: string;
    entry: Json<Object>;
  };
};
