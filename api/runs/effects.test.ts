import { beforeAll, describe, expect, it } from 'vitest';
import { openTestGate } from '../../test/support/gates.ts';
import { useTestApi } from '../../test/support/use-test-api.ts';
import { buildMessage } from '../../activities/providers/email/build-message.ts';
import { newId } from '../../platform/ids.ts';
import { kysely } from '../../platform/db/core/kysely.ts';

describe('/v1/effects', () => {
  const { database, api } = useTestApi();
  let key: string;
  beforeAll(async () => {
    key = await api.key(['effects:read', 'effects:resolve', 'audit:read']);
  });

  async function addEffect(state: string): Promise<string> {
    const { runId } = await openTestGate(database);
    const row = await kysely(database.system)
      .insertInto('effect')
      .values({
        workspace_id: database.workspaceId,
        key: newId(),
        run_id: runId,
        step: 'hello',
        visit: 1,
        generation: 0,
        kind: 'email',
        mode: 'atMostOnce',
        state,
        request: JSON.stringify({ to: 'ana@example.com' }),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    return row.id;
  }
  const resolve = (id: string, happened: boolean) =>
    api.call({
      method: 'POST',
      url: `/v1/effects/${id}/resolutions`,
      key,
      body: { happened, reason: 'The mail server has it' },
    });

  it('lists those of which nobody knows, and takes what a person found out, once', async () => {
    const id = await addEffect('unknown');
    const list = await api.call({ url: '/v1/effects?state=unknown', key });
    expect(list.json['items']).toEqual([expect.objectContaining({ id, state: 'unknown', step: 'hello' })]);
    expect(list.text).not.toContain('ana@example.com');
    expect(await resolve(id, true)).toMatchObject({
      status: 200,
      json: { state: 'resolved', resolution: { happened: true, reason: 'The mail server has it' } },
    });
    expect((await resolve(id, false)).status).toBe(409);
    expect((await api.call({ url: '/v1/effects', key })).json['items']).toEqual([]);
    const audit = await api.call({ url: `/v1/audit?subjectId=${id}`, key });
    expect(audit.json['items']).toEqual([expect.objectContaining({ act: 'effect.resolved' })]);
  });

  it('shows the mail as its reader sees it, and none whose link is for one person alone (dashboard F10)', async () => {
    const id = await addEffect('unknown');
    const { raw } = await buildMessage(
      {
        key: id,
        from: { name: 'Us', address: 'us@example.com' },
        to: { address: 'ana@example.com' },
        subject: 'Grüße',
        html: '<p>Hello <b>Ana</b></p>',
        date: new Date(0),
      },
      { messageIdDomain: 'example.com', messageIdSecret: 'x' },
    );
    const change = (to: object) => kysely(database.system).updateTable('effect').set(to).where('id', '=', id).execute();
    const mail = () => api.call({ url: `/v1/effects/${id}/mail`, key });
    expect((await mail()).status).toBe(404);
    await change({ frozen: raw });
    const shown = { from: '"Us" <us@example.com>', to: 'ana@example.com', subject: 'Grüße', text: 'Hello Ana' };
    expect((await mail()).json).toEqual(shown);
    const link = Buffer.from(raw.toString().replace('Ana', 'http://h/e/aGk.c2ln here'));
    await change({ frozen: link });
    expect((await mail()).json['text']).toBe('Hello http://h/e/… here');
    expect((await api.call({ url: `/v1/effects/${id}/message`, key })).json).toMatchObject({ code: 'effect.personal' });
    await change({ request: JSON.stringify({ gate: newId() }) });
    expect((await mail()).json).toMatchObject({ status: 403, code: 'effect.personal' });
    const other = await api.key(['effects:read']);
    expect((await api.call({ url: `/v1/effects/${id}/mail`, key: other })).status).toBe(403);
  });

  it('takes no word about an effect whose end is known', async () => {
    expect((await resolve(await addEffect('done'), true)).status).toBe(409);
  });
});
