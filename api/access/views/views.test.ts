import { beforeAll, describe, expect, it } from 'vitest';
import { mostViews } from '../../../contracts/access/views-api.schema.ts';
import type { Answer } from '../../../test/support/caller.ts';
import { useTestApi } from '../../../test/support/use-test-api.ts';

describe('/v1/views (drawings, the list of runs)', () => {
  const { api } = useTestApi();
  let mine: string;
  let theirs: string;
  const list = async (cookie: string): Promise<unknown> =>
    (await api.call({ url: '/v1/views?page=runs', cookie })).json['items'];
  const save = (cookie: string, name: string, query: object): Promise<Answer> =>
    api.call({ method: 'POST', url: '/v1/views', cookie, body: { page: 'runs', name, query } });

  beforeAll(async () => {
    mine = (await api.member(['viewer'])).cookie;
    theirs = (await api.member(['admin'])).cookie;
  });

  it('keeps what a person has narrowed a list to, for them alone', async () => {
    const { status, json } = await save(mine, ' Failed today ', { status: 'failed', since: '1' });
    expect(status).toBe(200);
    expect(json).toMatchObject({ page: 'runs', name: 'Failed today', query: { status: 'failed', since: '1' } });
    await save(mine, 'Failed today', { status: 'failed' });
    expect(await list(mine)).toEqual([{ ...json, query: { status: 'failed' } }]);
    expect(await list(theirs)).toEqual([]);
    const url = `/v1/views/${String(json['id'])}`;
    const foreign = await api.call({ method: 'DELETE', url, cookie: theirs });
    expect(foreign.json).toMatchObject({ status: 404, code: 'view.notFound' });
    expect((await api.call({ method: 'DELETE', url, cookie: mine })).status).toBe(204);
    expect(await list(mine)).toEqual([]);
  });

  it('keeps as many as stand in a line of tabs, and replaces one of them still', async () => {
    for (let n = 0; n < mostViews; n += 1) await save(theirs, `View ${n}`, { kind: 'batch' });
    expect((await save(theirs, 'One more', {})).json).toMatchObject({ status: 409, code: 'view.tooMany' });
    expect((await save(theirs, 'View 0', {})).status).toBe(200);
  });

  it('refuses a key, and what is no query', async () => {
    const key = await api.key(['runs:read']);
    expect((await api.call({ url: '/v1/views?page=runs', key })).json).toMatchObject({ code: 'auth.forbidden' });
    expect((await save(mine, '', {})).status).toBe(422);
    expect((await save(mine, 'Odd', { kind: 7 })).status).toBe(422);
    // It would name a person beyond their erasure (a hostile reader).
    expect((await save(mine, 'Ana', { contact: 'ana' })).status).toBe(422);
  });
});
