import { sql, type RawBuilder } from 'kysely';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';

/** A place in the change log: everything up to it has been read. Places are ordered by `xid`, then `seq`. */
export type Place = { xid: bigint; seq: bigint };

/** One row of the change log: the thing `id` of a topic stands at `rev` now. */
export type Change = { place: Place; workspaceId: string; topic: string; id: string; rev: number };

/** How the log stands. Places of different epochs cannot be compared. */
export type LogState = {
  /** The cluster, its timeline and the database: a restore or a failover begins another one. */
  epoch: string;
  /** Every transaction below this has ended: what it wrote is here, and nothing more will come. */
  settled: bigint;
  /** No transaction has this number or a later one yet. */
  next: bigint;
  /** Rows of transactions up to this one may have been pruned. */
  pruned: bigint;
  /** For how long the oldest committed change has waited for an older transaction that is still open. */
  heldMs: number;
};

/** The state of the log and the changes behind a place, both of one instant. */
export type LogPage = { state: LogState; changes: Change[] };

/** Which part of the log is wanted: in its order, behind `after`, at most `limit` rows. */
export type LogRange = {
  after: Place | null;
  limit: number;
  /** Only this workspace's changes of these topics, up to this place. */
  only?: { workspaceId: string; topics: readonly string[]; upTo: Place };
};

/** Rows that one statement prunes, so that it stays far below its limit of 5 s. */
const pruneRows = 20_000;
/** The row of `watermark` that remembers up to where the log is pruned. */
const prunedMark = 'change_log_pruned';

/**
 * Reads changes in an order that never changes again: of ended transactions alone, by transaction, while every older one
 * has ended too. So a reader that goes on behind the last place loses nothing, in whatever order transactions commit. One
 * long transaction anywhere in the cluster holds everything behind it back; `heldMs` says for how long. No changes without
 * `after`.
 */
export async function readChanges(db: Db, range: LogRange): Promise<LogPage> {
  const { after, only } = range;
  const mine = only
    ? sql`and c.workspace_id = ${only.workspaceId} and c.topic = any(${only.topics}::text[])
        and (c.xid, c.seq) <= (${only.upTo.xid}::xid8, ${only.upTo.seq}::bigint)`
    : sql``;
  const wanted: RawBuilder<unknown> = after
    ? sql`(c.xid, c.seq) > (${after.xid}::xid8, ${after.seq}::bigint) ${mine}`
    : sql`false`;
  const { rows } = await sql<LogRow>`
    select log.*, c.xid, c.seq, c.workspace_id as "workspaceId", c.topic, c.id, c.rev
    from (
      select ${epoch} as epoch, pg_snapshot_xmin(pg_current_snapshot()) as settled, pg_snapshot_xmax(pg_current_snapshot()) as next,
        coalesce((select value from watermark where name = ${prunedMark}), '0') as pruned,
        coalesce((select extract(epoch from clock_timestamp() - at) * 1000 from change_log
          where xid >= pg_snapshot_xmin(pg_current_snapshot()) order by xid, seq limit 1), 0)::float8 as "heldMs"
    ) log
    left join lateral (
      select * from change_log c where ${wanted} and c.xid < log.settled order by c.xid, c.seq limit ${range.limit}
    ) c on true`.execute(kysely(db));
  const [first] = rows;
  if (!first) throw new Error('The change log says nothing of itself');
  return { state: stateOf(first), changes: rows.flatMap(changeOf) };
}

/** The place up to which everything is published: below the oldest open transaction, also where it changed nothing. */
export function settledPlace(state: LogState): Place {
  return { xid: state.settled, seq: 0n };
}

/**
 * Removes what is older than `hours` and remembers up to where, in one statement, so that a reader sees both or neither. Several
 * processes may do it at once.
 */
export async function pruneChangeLog(db: Db, hours: number): Promise<void> {
  let pruned = pruneRows;
  while (pruned === pruneRows) {
    const { rows } = await sql<{ n: number }>`
      with old as (
        select xid, seq from change_log where at < now() - make_interval(hours => ${hours})
        order by at limit ${pruneRows} for update skip locked
      ), gone as (
        delete from change_log c using old where c.xid = old.xid and c.seq = old.seq returning c.xid
      ), marked as (
        insert into watermark (name, value) select ${prunedMark}, max(xid)::text from gone having count(*) > 0
        on conflict (name) do update set value = greatest(watermark.value::xid8, excluded.value::xid8)::text
      )
      select count(*)::int as n from gone`.execute(kysely(db));
    pruned = rows[0]?.n ?? 0;
  }
}

const epoch = sql`(select encode(substr(sha256(concat_ws('/', system_identifier, substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8),
  (select oid from pg_database where datname = current_database()))::bytea), 1, 6), 'hex') from pg_control_system())`;

type LogRow = { epoch: string; settled: string; next: string; pruned: string; heldMs: number } & (
  { xid: string; seq: string; workspaceId: string; topic: string; id: string; rev: string } | { xid: null }
);

function stateOf(row: LogRow): LogState {
  return {
    epoch: row.epoch,
    settled: BigInt(row.settled),
    next: BigInt(row.next),
    pruned: BigInt(row.pruned),
    heldMs: row.heldMs,
  };
}

function changeOf(row: LogRow): Change[] {
  if (row.xid === null) return [];
  const { workspaceId, topic, id } = row;
  return [{ place: { xid: BigInt(row.xid), seq: BigInt(row.seq) }, workspaceId, topic, id, rev: Number(row.rev) }];
}
