import { beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../../test/support/caller.ts';
import { publishJourney, sampleJourney } from '../../../test/support/journeys.ts';
import { useTestApi } from '../../../test/support/use-test-api.ts';

describe('/v1/templates', () => {
  const { database, api } = useTestApi();
  let key: string;
  const put = (path: string, content: unknown): Promise<Answer> =>
    api.call({ method: 'PUT', url: `/v1/templates/${path}`, key, body: { content } });
  const get = (path: string): Promise<Answer> => api.call({ url: `/v1/templates${path}`, key });

  beforeAll(async () => {
    key = await api.key(['templates:read', 'templates:write']);
  });

  const message = { subject: 'Hello {{ contact.firstName }}', markdown: 'Welcome to **{{ plan }}**.' };

  it('stores versions that never change, and none for what is known', async () => {
    expect((await put('message/welcome', message)).json).toMatchObject({ version: 1, created: true });
    expect((await put('message/welcome', message)).json).toMatchObject({ version: 1, created: false });
    const changed = { ...message, subject: 'Hi' };
    expect((await put('message/welcome', changed)).json).toMatchObject({ version: 2, created: true });
    expect((await get('/message/welcome')).json).toMatchObject({ version: 2, content: changed });
    expect((await get('/message/welcome/versions/1')).json).toMatchObject({ version: 1, content: message });
    expect((await get('/message/welcome/versions')).json['items']).toMatchObject([{ version: 2 }, { version: 1 }]);
    expect((await get('/message/welcome/versions/3')).status).toBe(404);
  });

  it('keeps the kinds apart', async () => {
    const content = { instructions: 'Write a subject line.' };
    expect((await put('prompt/apart', content)).json).toMatchObject({ kind: 'prompt', version: 1 });
    expect((await get('/message/apart')).status).toBe(404);
    expect((await get('?kind=prompt')).json['items']).toMatchObject([{ kind: 'prompt', slug: 'apart', version: 1 }]);
  });

  it('stores nothing where another version is the latest than the one that was seen', async () => {
    const store = (subject: string, expectedVersion: number): Promise<Answer> =>
      api.call({
        method: 'PUT',
        url: '/v1/templates/message/edited',
        key,
        body: { content: { ...message, subject }, expectedVersion },
      });
    expect(await store('One', 1)).toMatchObject({ status: 409 });
    expect((await get('/message/edited')).status).toBe(404);
    expect((await store('One', 0)).json).toMatchObject({ version: 1, created: true });
    expect(await store('Another of this name', 0)).toMatchObject({ status: 409, json: { code: 'template.changed' } });
    expect((await store('Two', 1)).json).toMatchObject({ version: 2 });
    expect(await store('Beside two', 1)).toMatchObject({ status: 409, json: { latest: 2 } });
    expect((await get('/message/edited')).json).toMatchObject({ version: 2, content: { subject: 'Two' } });
  });

  it('makes one version out of equal writes at a time', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => put('message/crowd', message)));
    expect(answers.map((answer) => answer.json['version'])).toEqual(Array(10).fill(1));
    expect(answers.filter((answer) => answer.json['created'] === true)).toHaveLength(1);
  });

  it.each<[string, string, unknown, string, string]>([
    [
      'a tag that is not closed',
      'message',
      { ...message, markdown: '{% if x %}' },
      'content.markdown[1:1]',
      'template.syntax',
    ],
    [
      'an unknown filter',
      'message',
      { ...message, subject: '{{ x | explode }}' },
      'content.subject[1:1]',
      'template.syntax',
    ],
    ...['include', 'render', 'layout'].map((tag): [string, string, unknown, string, string] => [
      `another file by ${tag}, which would fail when the mail is sent (issue 14 §2)`,
      'message',
      { ...message, markdown: `Hello\n{% ${tag} "footer" %}` },
      'content.markdown[2:1]',
      'template.syntax',
    ]),
    [
      'an unknown tag',
      'message',
      { ...message, markdown: 'a\n{% launch %}' },
      'content.markdown[2:1]',
      'template.syntax',
    ],
    [
      'a loop over what the data says',
      'message',
      { ...message, markdown: '{% for i in (1..contact.n) %}x{% endfor %}' },
      'content.markdown[1:1]',
      'template.unboundedLoop',
    ],
    [
      'loops without end',
      'message',
      { ...message, markdown: '{% for i in (1..999999999) %}x{% endfor %}' },
      'content.markdown[1:1]',
      'template.tooExpensive',
    ],
    ['no subject', 'message', { markdown: 'x' }, 'content.subject', 'field.invalid_type'],
    ['an unknown field', 'prompt', { instructions: 'x', more: 1 }, 'content.more', 'field.unknown'],
    ['a document without its parts', 'document', { body: 'x' }, 'content.name', 'field.invalid_type'],
  ])('refuses %s', async (_name, kind, content, path, code) => {
    const answer = await put(`${kind}/refused`, content);
    expect(answer.status).toBe(422);
    expect(answer.json['code']).toBe('template.invalid');
    expect(answer.json['errors']).toContainEqual(expect.objectContaining({ path, code }));
    expect((await get(`/${kind}/refused`)).status).toBe(404);
  });

  it.each([
    ['an unknown kind', 'poster/x'],
    ['a slug in capitals', 'message/X'],
  ])('knows no template of %s', async (_name, path) => {
    expect((await put(path, message)).status).toBe(404);
  });

  it('says which journeys send a message, in which version, and how many people are in them (bad day, a wrong template)', async () => {
    const scopes = [
      'templates:read',
      'templates:write',
      'journeys:read',
      'journeys:write',
      'journeys:publish',
    ] as const;
    const all = await api.key([...scopes, 'contacts:write']);
    const uses = async (slug: string): Promise<unknown> =>
      (await api.call({ url: `/v1/templates/message/${slug}/journeys`, key: all })).json['items'];
    const content = { subject: 'Step two', markdown: 'Hello.' };
    await put('message/step-two', content);
    await put('message/step-two-b', content);
    const sends = (slug: string, template: string) =>
      sampleJourney(slug, {
        name: `Sends, ${slug}`,
        steps: [
          { kind: 'email', id: 'second-mail', content: { kind: 'template', template: `${template}@production` } },
        ],
      });
    await publishJourney(api, all, sends('a-first', 'step-two'));
    await publishJourney(api, all, sends('b-other', 'step-two-b'));
    const begin = { method: 'POST', url: '/v1/journeys/a-first/runs', key: all, body: { contact: 'ana' } } as const;
    await api.call({ method: 'PUT', url: '/v1/contacts/ana', key: all, body: {} });
    expect(await api.call(begin)).toMatchObject({ status: 202 });
    const first = { journey: 'a-first', name: 'Sends, a-first', version: 1, template: 1, steps: ['Second mail'] };
    expect(await uses('step-two')).toEqual([{ ...first, isLive: true, people: 1 }]);
    expect(await uses('step-two-b')).toMatchObject([{ journey: 'b-other', people: 0 }]);

    // A newer text reaches nobody before the journey is published anew; who is inside keeps the older one.
    await put('message/step-two', { ...content, markdown: 'Hello, now right.' });
    expect(await uses('step-two')).toEqual([{ ...first, isLive: true, people: 1 }]);
    await publishJourney(api, all, sends('a-first', 'step-two'));
    expect(await uses('step-two')).toEqual([
      { ...first, version: 2, template: 2, isLive: true, people: 0 },
      { ...first, isLive: false, people: 1 },
    ]);
    expect((await get('/message/step-two/journeys')).status).toBe(403);
    expect((await api.call({ url: '/v1/templates/message/none/journeys', key: all })).status).toBe(404);
  });

  it('shows the mail of a journey’s step for a real and a made-up person, and sends it to who asks as a test (dashboard F10, the journey)', async () => {
    await put('message/step', { subject: 'Hello {{ contact.firstName }}', markdown: 'Your **{{ plan }}** is here.' });
    const all = await api.key([
      'journeys:read',
      'journeys:write',
      'journeys:publish',
      'contacts:read',
      'contacts:write',
    ]);
    const url = '/v1/contacts/ana';
    await api.call({ method: 'PUT', url, key: all, body: { attributes: { firstName: 'Ana' } } });
    const steps = [
      {
        kind: 'email' as const,
        id: 'stored',
        content: { kind: 'template' as const, template: 'step@production' },
        variables: { plan: { kind: 'entry' as const, path: ['plan'] } },
      },
      {
        kind: 'email' as const,
        id: 'written',
        content: {
          kind: 'inline' as const,
          subject: { kind: 'literal' as const, value: 'Bye {{ contact.firstName }}' },
          markdown: 'Bye.',
        },
      },
      { kind: 'delay' as const, id: 'rest', for: 'P1D' },
    ];
    await publishJourney(api, all, sampleJourney('shown', { steps }));
    const mail = (step: string, query = ''): Promise<Answer> =>
      api.call({ url: `/v1/journeys/shown/steps/${step}/mail${query}`, key: all });
    const made = await mail('stored');
    expect(made).toMatchObject({ status: 200, json: { subject: 'Hello Sam' } });
    expect(made.json['text']).toContain('Your … is here.');
    expect((await mail('written', '?contact=ana&version=1')).json).toMatchObject({ subject: 'Bye Ana' });
    const page = await mail('stored', '/preview?contact=ana');
    expect(page.text).toContain('<strong>…</strong>');
    expect(String(page.headers['content-security-policy'])).toContain('sandbox');
    expect(await mail('stored', '?contact=nobody')).toMatchObject({
      status: 422,
      json: { errors: [{ path: 'contact', code: 'contact.notFound' }] },
    });
    await api.call({ method: 'PUT', url: '/v1/contacts/bo', key: all, body: { attributes: {} } });
    expect(await mail('written', '?contact=bo')).toMatchObject({
      status: 422,
      json: { errors: [{ code: 'template.cannotRender' }] },
    });
    for (const [step, query] of [
      ['rest', ''],
      ['none', ''],
      ['stored', '?version=7'],
    ] as const)
      expect(await mail(step, query)).toMatchObject({ status: 404, json: { code: 'message.notFound' } });
    const member = await api.member(['viewer']);
    const test = { method: 'POST', url: '/v1/journeys/shown/steps/stored/mail/tests', body: { version: 1 } } as const;
    expect(await api.call({ ...test, cookie: member.cookie })).toMatchObject({
      status: 202,
      json: { to: member.email },
    });
    expect(await api.call({ ...test, key: all })).toMatchObject({ status: 403 });
    const blind = await api.key(['journeys:read']);
    const asked = { url: '/v1/journeys/shown/steps/stored/mail?contact=ana', key: blind };
    expect(await api.call(asked)).toMatchObject({ status: 403 });
  });

  it('shows nothing of another workspace, and counts its versions apart', async () => {
    await put('message/ours', message);
    const foreign = await api.key(['templates:read', 'templates:write'], await database.addWorkspace());
    const seen = await api.call({ url: '/v1/templates/message/ours', key: foreign });
    expect([seen.status, seen.json['code']]).toEqual([404, 'template.notFound']);
    const body = { content: { ...message, subject: 'Theirs' } };
    const theirs = await api.call({ method: 'PUT', url: '/v1/templates/message/ours', key: foreign, body });
    expect(theirs.json).toMatchObject({ version: 1, created: true });
    expect((await get('/message/ours')).json).toMatchObject({ version: 1, content: message });
  });
});
