import type { Kysely } from 'kysely';
import { statements } from './row-security.ts';

/**
 * What the figures of a batch are read from: its tokens, added up as they are spent, and an index of the documents in which a check
 * found something. Old code runs on unchanged; what it spends meanwhile is not in the tokens.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, changes);
}

const changes = `
alter table batch add column input_tokens bigint not null default 0, add column output_tokens bigint not null default 0;
update batch b set input_tokens = d.input, output_tokens = d.output from (
  select workspace_id, batch_id, sum((usage ->> 'inputTokens')::bigint) as input, sum((usage ->> 'outputTokens')::bigint) as output
  from document where usage is not null group by 1, 2) d
  where d.workspace_id = b.workspace_id and d.batch_id = b.id;
create index document_found on document (workspace_id, batch_id, ordinal) where findings <> '[]';
`;
