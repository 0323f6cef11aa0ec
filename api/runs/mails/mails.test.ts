import { beforeAll, describe, expect, it } from 'vitest';
import { kysely } from '../../../platform/db/core/kysely.ts';
import { newId } from '../../../platform/ids.ts';
import type { Answer } from '../../../test/support/caller.ts';
import { journeyRunsOf, publishJourney, sampleEvent, sampleJourney } from '../../../test/support/journeys.ts';
import { useTestApi } from '../../../test/support/use-test-api.ts';

describe('who got a mail (operator’s day, a wrong mail)', () => {
  const { database, api } = useTestApi();
  let key: string;
  const get = (query: string): Promise<Answer> => api.call({ url: `/v1/mails?${query}`, key });
  const peopleOf = async (query: string): Promise<unknown[]> => {
    const { json } = await get(query);
    return (json['items'] as { contact: { externalId: string } }[]).map(({ contact }) => contact.externalId);
  };

  /** A person in a journey whose mail of the step stands like this in the ledger. */
  async function mailed(
    contact: string,
    journey: string,
    of: { step: string; template: string | null; state: string },
  ) {
    await api.call({
      method: 'PUT',
      url: `/v1/contacts/${contact}`,
      key,
      body: { attributes: { name: `=${contact}` } },
    });
    await api.call({
      method: 'POST',
      url: '/v1/events',
      key,
      body: { events: [sampleEvent(newId(), journey, contact)] },
    });
    const [run] = await journeyRunsOf(database, contact);
    const { step, template, state } = of;
    const content = template === null ? { kind: 'inline' } : { kind: 'template', template };
    const db = kysely(database.system);
    const { id, contact_id: contactId } = await db
      .insertInto('effect')
      .values({
        workspace_id: database.workspaceId,
        key: newId(),
        run_id: run?.id ?? '',
        step,
        visit: 1,
        generation: 0,
        kind: 'email',
        mode: 'atMostOnce',
        state,
        request: JSON.stringify({ content }),
      })
      .returning((eb) => [
        'effect.id',
        eb.selectFrom('run').whereRef('run.id', '=', 'effect.run_id').select('run.contact_id').as('contact_id'),
      ])
      .executeTakeFirstOrThrow();
    if (state === 'suppressed') return;
    await db
      .insertInto('mail')
      .values({
        workspace_id: database.workspaceId,
        effect_id: id,
        contact_id: contactId ?? '',
        recipient: `${contact}@example.test`,
        subject: `To ${contact}`,
      })
      .execute();
  }

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
    await publishJourney(api, key, sampleJourney('first', { entry: [{ event: 'first' }] }));
    await publishJourney(api, key, sampleJourney('second', { entry: [{ event: 'second' }] }));
    await mailed('ana', 'first', { step: 'hello', template: 'hi@1', state: 'done' });
    await mailed('ben', 'first', { step: 'hello', template: 'hi@2', state: 'unknown' });
    await mailed('cid', 'first', { step: 'hello', template: 'hi@2', state: 'suppressed' });
    await mailed('dan', 'second', { step: 'hello', template: 'hi-there@2', state: 'done' });
    await mailed('eva', 'second', { step: 'bye', template: null, state: 'done' });
  });

  it('lists the people to whom a template, or one version of it, was sent', async () => {
    expect(await peopleOf('template=hi')).toEqual(['ben', 'ana']);
    expect(await peopleOf('template=hi@2')).toEqual(['ben']);
    expect(await peopleOf('template=hi@2&show=all')).toEqual(['cid', 'ben']);
    expect(await peopleOf('template=hi-there')).toEqual(['dan']);
    expect((await get('template=hi@1')).json).toMatchObject({
      items: [
        {
          contact: { externalId: 'ana', name: '=ana' },
          recipient: 'ana@example.test',
          subject: 'To ana',
          journey: { slug: 'first', version: 1 },
          step: 'hello',
          template: 'hi@1',
          state: 'done',
        },
      ],
    });
  });

  it('lists those to whom a step of a journey has written, in a version and in a time', async () => {
    expect(await peopleOf('journey=first&step=hello')).toEqual(['ben', 'ana']);
    expect(await peopleOf('journey=second&step=hello')).toEqual(['dan']);
    expect(await peopleOf('journey=second&step=bye&version=1')).toEqual(['eva']);
    expect(await peopleOf('journey=second&step=bye&version=2')).toEqual([]);
    expect(await peopleOf('journey=second&step=bye&before=2020-01-01T00:00:00Z')).toEqual([]);
    expect(await peopleOf('journey=second&step=bye&after=2020-01-01T00:00:00Z')).toEqual(['eva']);
    const first = await get('journey=first&step=hello&limit=1');
    expect(await peopleOf(`journey=first&step=hello&limit=1&cursor=${String(first.json['nextCursor'])}`)).toEqual([
      'ana',
    ]);
  });

  it('finds those of a small journey beside a large one with a step of that name (a hostile reader)', async () => {
    const [run] = await journeyRunsOf(database, 'eva');
    const mail = { step: 'hello', visit: 1, generation: 0, kind: 'email', mode: 'atMostOnce', state: 'done' } as const;
    const many = Array.from({ length: 45 }, () => ({
      ...mail,
      workspace_id: database.workspaceId,
      key: newId(),
      run_id: run?.id ?? '',
      request: JSON.stringify({ content: { kind: 'inline' } }),
    }));
    await kysely(database.system).insertInto('effect').values(many).execute();
    expect(await peopleOf('journey=first&step=hello&limit=1')).toEqual(['ben']);
  });

  it('gives the whole list as a file that no spreadsheet runs', async () => {
    const { headers, text } = await api.call({ url: '/v1/mails.csv?template=hi', key });
    expect(headers['content-type']).toBe('text/csv; charset=utf-8');
    const [head, ben, ana, ...rest] = text.split('\r\n');
    expect(head).toBe('contact,name,recipient,subject,journey,version,step,template,state,reason,reported,at');
    expect(ben).toMatch(/^ben,'=ben,ben@example\.test,To ben,first,1,hello,hi@2,unknown,,,2/);
    expect(ana).toMatch(/^ana,'=ana,ana@example\.test,To ana,first,1,hello,hi@1,done,,,2/);
    expect(rest).toEqual(['']);
  });

  it.each(['', 'journey=first', 'step=hello', 'template=hi&journey=first&step=hello'])(
    'asks of what mail: “%s”',
    async (query) => {
      const { status, json } = await get(query);
      expect(status).toBe(422);
      expect(json['errors']).toMatchObject([{ path: 'template', code: 'mails.what' }]);
    },
  );

  it.each([
    ['contacts:read', 'runs:read'],
    ['runs:read', 'contacts:read'],
  ] as const)(
    'is not for a key with %s alone, as it shows people and their runs (a hostile reader 7)',
    async (has, needs) => {
      const other = await api.key([has]);
      for (const url of ['/v1/mails?template=hi', '/v1/mails.csv?template=hi'])
        expect(await api.call({ url, key: other })).toMatchObject({ status: 403, json: { needs } });
    },
  );
});
