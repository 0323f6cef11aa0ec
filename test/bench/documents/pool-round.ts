import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { createLlmClient } from '../../../activities/providers/llm/openai/llm-client.ts';
import {
  answerSchema,
  documentMessages,
  maxAnswerTokens,
  promptPrefix,
} from '../../../domain/documents/prompt/document-prompt.ts';
import type { Installation } from '../support/installation.ts';
import { letter, optionsOf, valuesOf } from './rows.ts';

/** Connections of the pool: as many as a worker's. */
const connections = 20;

/**
 * What a script would do: so many calls at once, each answer inserted as it comes. The same prompts to the same double through the
 * same client, and the same columns into Postgres. @returns documents a second
 */
export async function poolRound(
  { settings }: Installation,
  { documents, window }: { documents: number; window: number },
): Promise<number> {
  const llm = createLlmClient({ baseUrl: settings.OPENAI_BASE_URL ?? '', apiKey: 'stub' });
  const pool = new pg.Pool({ connectionString: settings.DATABASE_URL, max: connections });
  const table = `pool_${randomUUID().replaceAll('-', '')}`;
  await pool.query(
    `create table ${table} (ordinal int primary key, id uuid default uuidv7(), key text, "values" jsonb, answers jsonb, usage jsonb)`,
  );
  const { brief, brand, language, model = 'stub-small' } = optionsOf(window);
  const prefix = promptPrefix({ brief, brand, template: letter, language });
  const schema = { name: 'passages', schema: answerSchema(letter) };

  let next = 0;
  const lane = async (): Promise<void> => {
    for (let at = next++; at < documents; at = next++) {
      const values = valuesOf(at);
      const messages = documentMessages(prefix, { values }, letter);
      const outcome = await llm.complete({
        model,
        messages,
        jsonSchema: schema,
        maxOutputTokens: maxAnswerTokens(letter),
        timeoutMs: 60_000,
      });
      const answers = outcome.kind === 'answer' ? outcome.value : null;
      await pool.query(`insert into ${table} (ordinal, key, "values", answers, usage) values ($1, $2, $3, $4, $5)`, [
        at,
        values['policy'],
        JSON.stringify(values),
        JSON.stringify(answers),
        JSON.stringify(outcome.usage),
      ]);
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: window }, lane));
  const seconds = (performance.now() - began) / 1_000;
  await pool.query(`drop table ${table}`);
  await pool.end();
  return documents / seconds;
}
