import { sql, type RawBuilder } from 'kysely';

/**
 * Whether the instant in `column` has come, by the database's clock. It was set `ahead` seconds ahead of that clock at most, so one that
 * lies twice as far ahead was set before the clock was put back, and would else stand still until the clock is there again.
 */
export function hasCome(column: string, ahead: number): RawBuilder<boolean> {
  const at = sql.ref(column);
  return sql`(${at} <= now() or ${at} > now() + ${seconds(2 * ahead)})`;
}

/** Whether the instant in `column` is at most `within` seconds away from now; one further ahead was set before the clock was put back. */
export function isRecent(column: string, within: number): RawBuilder<boolean> {
  return sql`${sql.ref(column)} between now() - ${seconds(within)} and now() + ${seconds(within)}`;
}

function seconds(count: number): RawBuilder<unknown> {
  return sql`make_interval(secs => ${sql.lit(count)})`;
}
