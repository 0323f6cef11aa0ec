import type { ColumnType, Generated } from 'kysely';
import type { Big, DefaultInstant, Json, MaybeInstant } from './columns.ts';
import { empty, type TableRecords } from './table-record.ts';

type Object = Record<string, unknown>;

/** The ledger of effects, and the objects in the store that hold the bytes of settled ones. */
export type EffectTables = {
  effect: {
    workspace_id: string;
    id: Generated<string>;
    key: string;
    run_id: string;
    step: string;
    visit: number;
    generation: number;
    kind: string;
    mode: string;
    state: Generated<string>;
    deaths: Generated<number>;
    attempt: Generated<number>;
    lease_until: MaybeInstant;
    frozen: Buffer | null;
    frozen_size: string | null;
    frozen_hash: string | null;
    frozen_key: string | null;
    request: Json<Object>;
    /** Of a mail: `slug@version`, and what its run is about; triggers keep both. */
    template: string | null;
    subject_id: string | null;
    result: ColumnType<Object | null, string | null | undefined, string | null>;
    error: ColumnType<Object | null, string | null | undefined, string | null>;
    cost_micros: Big;
    planned_at: DefaultInstant;
    handed_off_at: MaybeInstant;
    settled_at: MaybeInstant;
    resolution: ColumnType<Object | null, string | null | undefined, string | null>;
    rev: Big;
  };
  effect_object: {
    workspace_id: string;
    hash: string;
    size: Big;
    stored_at: DefaultInstant;
    check_at: MaybeInstant;
    deleting_at: MaybeInstant;
  };
};

/** What has not left will not; whether what was handed over has arrived is unknown, unless its holder says so. */
const given = "state in ('handedOff', 'unknown')";
const held = "state in ('planned', 'claimed', 'deferred')";
/** What the erasure makes of effects that are not over. A call that is under way owns its effect no longer: `settleEffect`. */
const interrupted = {
  state: `case when ${held} then 'suppressed' when ${given} then 'unknown' else state end`,
  error: `case when ${held} then '{"code": "effect.suppressed", "message": "contact erased"}'::jsonb
    when ${given} then '{"code": "effect.noReply", "message": "contact erased before the reply"}'::jsonb end`,
  settled_at: `case when ${held} or ${given} then coalesce(settled_at, now()) else settled_at end`,
  attempt: "case when state in ('claimed', 'handedOff', 'unknown') then attempt + 1 else attempt end",
  rev: 'rev + 1',
};

/** Whose data each of them holds, and how long. */
export const effectTables: TableRecords<EffectTables> = {
  effect: {
    subject: 'contact',
    onErasure: { by: 'run_id', rows: { request: empty, result: 'null', ...interrupted } },
    retention: 'workspace',
  },
  effect_object: {
    subject: 'contact',
    onErasure: { keep: 'an object that no effect names any more goes within moments: `removeLooseObjects`', by: null },
    retention: 'effectBytes',
  },
};
