import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFileStore } from '../../platform/objects/file-store.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { makeBatch } from '../../test/support/batches.ts';
import { enroll, makeCourseRun } from '../../test/support/courses.ts';
import { journeyRunsOf, publishJourney, sampleEvent, sampleJourney } from '../../test/support/journeys.ts';
import { useTestApi } from '../../test/support/use-test-api.ts';

describe('GET /v1/contacts/{id}/export', () => {
  const { database, api } = useTestApi();
  const folder = mkdtempSync(join(tmpdir(), 'tl-export-'));
  let key: string;
  const url = '/v1/contacts/ana/export';
  const event = (contact: string): object => ({
    events: [sampleEvent(`up-${contact}`, 'SignedUp', contact, { properties: { note: `of ${contact}` } })],
  });

  beforeAll(async () => {
    key = await api.key([
      'contacts:read',
      'contacts:write',
      'events:write',
      'journeys:read',
      'journeys:write',
      'journeys:publish',
      'runs:read',
    ]);
    await publishJourney(api, key, sampleJourney('welcome'));
    for (const contact of ['ana', 'ben']) {
      await api.call({ method: 'PUT', url: `/v1/contacts/${contact}`, key, body: { email: `${contact}@secret.test` } });
      expect((await api.call({ method: 'POST', url: '/v1/events', key, body: event(contact) })).status).toBe(202);
    }
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('gives what is kept of the contact in every table that says it holds some, and nothing of another', async () => {
    const [run] = await journeyRunsOf(database, 'ana');
    const { batchId } = await makeBatch(database, createFileStore(folder), 'policy\nAna\nben\n');
    for (const [ordinal, id] of ['Ana', 'ben'].entries())
      await sql`insert into document (workspace_id, batch_id, ordinal, line, key, "values")
        values (${database.workspaceId}, ${batchId}, ${ordinal + 1}, ${ordinal + 2}, ${id}, ${JSON.stringify({ policy: id })})`.execute(
        kysely(database.system),
      );
    await sql`insert into step (workspace_id, run_id, step, visit, generation, kind, title, status, detail)
      values (${database.workspaceId}, ${run?.id}, 'hello', 1, 0, 'email', 'Hello', 'done', '{"note": "of ana"}')`.execute(
      kysely(database.system),
    );
    const { status, json } = await api.call({ url, key });
    expect(status).toBe(200);
    expect(json).toMatchObject({ cut: [], exportedAt: expect.any(String) });
    const { tables } = json as unknown as { tables: Record<string, object[]> };
    expect(tables).toMatchObject({
      contact: [{ external_id: 'ana', email: 'ana@secret.test' }],
      event: [{ name: 'SignedUp', properties: { note: 'of ana' } }],
      journey_run: [{ run_id: run?.id }],
      step: [{ step: 'hello', detail: { note: 'of ana' } }],
      run: [{ id: run?.id, kind: 'journey' }],
      document: [{ batch: 'Renewals', key: 'Ana', values: { policy: 'Ana' } }],
    });
    expect(JSON.stringify(json)).not.toContain('ben');
    const { rows } = await sql<{ subject_id: string }>`
      select subject_id from audit_entry where act = 'contact.exported'`.execute(kysely(database.system));
    expect(rows).toHaveLength(1);
  });

  it('gives what is kept of a learner', async () => {
    const { contactId, email } = await enroll(database, await makeCourseRun(database));
    const { json } = await api.call({ url: `/v1/contacts/${contactId}/export`, key });
    expect(json['tables']).toMatchObject({
      contact: [{ email }],
      run: [{ kind: 'enrollment' }],
      enrollment: [{ contact_id: contactId, lifecycle: expect.any(String) }],
    });
  });

  it('is for those who may read contacts and their runs, in their own workspace', async () => {
    expect((await api.call({ url, key: await api.key(['contacts:read']) })).status).toBe(403);
    const foreign = await api.key(['contacts:read', 'runs:read'], await database.addWorkspace());
    expect((await api.call({ url, key: foreign })).json['code']).toBe('contact.notFound');
  });
});
