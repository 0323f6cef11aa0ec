import { beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../test/support/caller.ts';
import { enroll, makeCourseRun } from '../../test/support/courses.ts';
import { journeyRunsOf, publishJourney, sampleEvent, sampleJourney } from '../../test/support/journeys.ts';
import { sentMail } from '../../test/support/sent-mail.ts';
import { useTestApi } from '../../test/support/use-test-api.ts';
import { hashedEmail, suppress } from '../../platform/db/contacts/suppression.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { masterKeys } from '../../platform/keys/master-keys.ts';
import { unsubscribeToken } from '../../platform/unsubscribe.ts';

describe('/v1/contacts', () => {
  const { database, api } = useTestApi();
  let key: string;
  const put = (id: string, body: unknown): Promise<Answer> =>
    api.call({ method: 'PUT', url: `/v1/contacts/${encodeURIComponent(id)}`, key, body });
  const get = (id: string): Promise<Answer> => api.call({ url: `/v1/contacts/${encodeURIComponent(id)}`, key });

  beforeAll(async () => {
    key = await api.key([
      'contacts:read',
      'contacts:write',
      'contacts:erase',
      'events:write',
      'journeys:read',
      'journeys:write',
      'journeys:publish',
      'runs:read',
    ]);
  });

  it('makes a contact, merges what a write says, and removes what is null', async () => {
    const made = await put('ana', {
      email: 'ana@example.test',
      zone: 'Europe/Lisbon',
      attributes: { plan: 'pro', seats: 2 },
    });
    expect(made.json).toMatchObject({
      externalId: 'ana',
      email: 'ana@example.test',
      zone: 'Europe/Lisbon',
      rev: 2,
    });
    const changed = await put('ana', { zone: null, attributes: { plan: null, city: 'Porto' } });
    expect(changed.json).toMatchObject({
      id: made.json['id'],
      email: 'ana@example.test',
      zone: null,
      attributes: { seats: 2, city: 'Porto' },
    });
    expect((await get('ana')).json).toEqual(changed.json);
  });

  describe('who must not be written to', () => {
    const consent = (id: string, body: unknown): Promise<Answer> =>
      api.call({ method: 'PUT', url: `/v1/contacts/${id}/consents/email`, key, body });
    const linkOf = (contact: Answer): string => {
      const target = {
        workspaceId: database.workspaceId,
        contactId: String(contact.json['id']),
        channel: 'email' as const,
      };
      return `/u/${unsubscribeToken(masterKeys(api.config), target)}`;
    };
    const post = (url: string, raw = 'List-Unsubscribe=One-Click'): Promise<Answer> =>
      api.call({ method: 'POST', url, raw, headers: { 'content-type': 'application/x-www-form-urlencoded' } });
    const out = { channel: 'email', isOpen: false, reason: 'unsubscribed', note: null, since: expect.any(String) };
    const open = { channel: 'email', isOpen: true, reason: null, note: null, since: null };

    it('stays out when the address changes, and the old link says so (admin-clubs#43, mautic#5712)', async () => {
      const made = await put('leaver', { email: 'leaver@example.test' });
      expect(made.json['consents']).toEqual([open]);
      await post(linkOf(made));
      expect((await put('leaver', { email: 'other@example.test' })).json['consents']).toEqual([out]);
      await put('leaver', { email: null });
      expect((await put('leaver', { email: 'third@example.test' })).json['consents']).toEqual([out]);
      expect((await api.call({ url: linkOf(made) })).text).toContain('You get no more of these mails');
      await post(linkOf(made), 'act=resubscribe');
      expect((await get('leaver')).json['consents']).toEqual([open]);
    });

    it('stays out by what was stored by address alone, before people had it', async () => {
      const address = hashedEmail(masterKeys(api.config), database.workspaceId, 'early@example.test');
      await inWorkspace(database.app, database.workspaceId, (tx) =>
        suppress(tx, { ...address, reason: 'unsubscribed' }),
      );
      expect((await put('early', { email: 'early@example.test' })).json['consents']).toEqual([out]);
      expect((await put('early', { email: 'later@example.test' })).json['consents']).toEqual([out]);
    });

    it('takes the word of one for nobody else who shares the address, once they have their own', async () => {
      const made = await put('shares-1', { email: 'Shared@example.test' });
      await put('shares-2', { email: 'shared@example.test' });
      await post(linkOf(made));
      expect((await get('shares-2')).json['consents']).toEqual([out]);
      expect((await put('shares-2', { email: 'mine@example.test' })).json['consents']).toEqual([open]);
      expect((await put('shares-1', { email: 'also-mine@example.test' })).json['consents']).toEqual([out]);
    });

    it('takes the word of one for nobody else also where it is they who have an address of their own first', async () => {
      const made = await put('first-out', { email: 'family@example.test' });
      await put('stays', { email: 'family@example.test' });
      await post(linkOf(made));
      await put('first-out', { email: 'first-out@example.test' });
      // Who reads there has said no; once it is another address, that was not their word.
      expect((await get('stays')).json['consents']).toEqual([out]);
      expect((await put('stays', { email: 'stays@example.test' })).json['consents']).toEqual([open]);
      expect((await get('first-out')).json['consents']).toEqual([out]);
    });

    it('closes the addresses of before too, at which a second contact of theirs may come (issue 14 §5)', async () => {
      const mailedBefore = async (who: string): Promise<{ made: Answer; before: string }> => {
        const made = await put(who, { email: `${who}@example.test` });
        const id = String(made.json['id']);
        await sentMail(database, masterKeys(api.config), id);
        return { made, before: `${id}@example.org` };
      };
      const moved = await mailedBefore('moved');
      const other = await mailedBefore('moved-other');
      // Another one has it now: it is not theirs to close.
      await put('new-owner', { email: other.before });
      for (const { made } of [moved, other]) await post(linkOf(made));
      expect((await put('moved-again', { email: moved.before.toUpperCase() })).json['consents']).toEqual([out]);
      expect((await get('new-owner')).json['consents']).toEqual([open]);
      await post(linkOf(moved.made), 'act=resubscribe');
      expect((await get('moved-again')).json['consents']).toEqual([open]);
      expect((await put('moved', { email: moved.before })).json['consents']).toEqual([open]);
    });

    it('keeps an address that does not exist apart from what the person wants', async () => {
      const address = hashedEmail(masterKeys(api.config), database.workspaceId, 'typo@example.test');
      const bounced = { ...address, reason: 'bounced' as const, detail: '550 5.1.1' };
      await inWorkspace(database.app, database.workspaceId, (tx) => suppress(tx, bounced));
      const made = await put('typo', { email: 'typo@example.test' });
      expect(made.json['consents']).toMatchObject([{ isOpen: false, reason: 'bounced', note: '550 5.1.1' }]);
      expect((await put('typo', { email: 'mended@example.test' })).json['consents']).toEqual([open]);
    });

    it('notes what a person has said to an operator, with the reason in the audit log', async () => {
      await put('caller', { email: 'caller@example.test' });
      expect((await consent('caller', { isOpen: false, reason: '' })).status).toBe(422);
      const noted = await consent('caller', { isOpen: false, reason: 'called on Monday' });
      expect(noted.json['consents']).toMatchObject([{ isOpen: false, reason: 'optedOut', note: 'called on Monday' }]);
      const again = await consent('caller', { isOpen: true, reason: 'wrote a letter' });
      expect(again.json['consents']).toEqual([open]);
      const acts = kysely(database.system)
        .selectFrom('audit_entry')
        .select(['act', 'detail'])
        .where('act', 'like', 'contact.opted%');
      expect((await acts.execute()).map(({ act, detail }) => [act, detail])).toEqual([
        ['contact.optedOut', { channel: 'email', reason: 'called on Monday' }],
        ['contact.optedIn', { channel: 'email', reason: 'wrote a letter' }],
      ]);
      expect((await consent('nobody', { isOpen: true, reason: 'x' })).status).toBe(404);
    });

    it('keeps what a person has said also after they have come back, and until they are erased (security 17h)', async () => {
      const made = await put('wavers', { email: 'wavers@example.test' });
      const said = async (): Promise<unknown> => {
        const { json } = await api.call({ url: '/v1/contacts/wavers/timeline', key });
        return (json['items'] as Record<string, unknown>[]).map(({ kind, title, status, detail }) => [
          kind,
          title,
          status,
          (detail as Record<string, unknown>)['note'],
        ]);
      };
      for (const act of ['unsubscribe', 'unsubscribe', 'resubscribe', 'resubscribe'])
        await post(linkOf(made), act === 'resubscribe' ? 'act=resubscribe' : undefined);
      await consent('wavers', { isOpen: false, reason: 'called on Monday' });
      await consent('wavers', { isOpen: true, reason: 'wrote a letter' });
      expect(await said()).toEqual([
        ['consent', 'optedIn', 'open', 'wrote a letter'],
        ['consent', 'optedOut', 'closed', 'called on Monday'],
        ['consent', 'resubscribed', 'open', null],
        ['consent', 'unsubscribed', 'closed', null],
      ]);
      await api.call({ method: 'DELETE', url: '/v1/contacts/wavers', key });
      const left = kysely(database.system).selectFrom('consent_change').select('id');
      expect(await left.where('contact_id', '=', String(made.json['id'])).execute()).toEqual([]);
    });

    it('opens an address that another has closed for who reads its mail, not by a note about one of them', async () => {
      const made = await put('house-1', { email: 'house@example.test' });
      const other = await put('house-2', { email: 'house@example.test' });
      await post(linkOf(made));
      expect((await consent('house-2', { isOpen: true, reason: 'by phone' })).json['consents']).toEqual([out]);
      await post(linkOf(other), 'act=resubscribe');
      expect((await get('house-2')).json['consents']).toEqual([open]);
      expect((await get('house-1')).json['consents']).toEqual([out]);
    });

    it('keeps the last address of an erased person closed', async () => {
      const made = await put('erased', { email: 'first@example.test' });
      await post(linkOf(made));
      await put('erased', { email: 'last@example.test' });
      await api.call({ method: 'DELETE', url: '/v1/contacts/erased', key });
      expect((await put('erased', { email: 'Last@example.test' })).json['consents']).toEqual([out]);
    });
  });

  it('finds all contacts of an address, whatever its case (mautic#1138, #5149)', async () => {
    await put('twin-1', { email: 'Twin@Example.test' });
    await put('twin-2', { email: 'twin@example.test' });
    const found = await api.call({ url: '/v1/contacts?email=TWIN%40example.test', key });
    expect(found.json['items']).toMatchObject([{ externalId: 'twin-2' }, { externalId: 'twin-1' }]);
  });

  it('changes nothing when a write says what is known', async () => {
    const first = await put('same', { email: 'same@example.test' });
    expect((await put('same', { email: 'same@example.test' })).json).toEqual(first.json);
  });

  it('takes any printable external id', async () => {
    const id = 'crm/42 ünï@x?';
    expect((await put(id, {})).json).toMatchObject({ externalId: id });
    expect((await get(id)).status).toBe(200);
  });

  it.each<[string, unknown]>([
    ['an e-mail address that is none', { email: 'ana' }],
    ['an unknown zone', { zone: 'Mars/Olympus' }],
    ['attributes that are a list', { attributes: [] }],
    ['an unknown field', { name: 'Ana' }],
    ['too many attributes', { attributes: { text: 'x'.repeat(40_000) } }],
    ['a NUL', { attributes: { text: '\u0000' } }],
  ])('refuses %s', async (_name, body) => {
    const answer = await put('refused', body);
    expect(answer.status).toBe(422);
    expect(answer.json['code']).toBe('request.invalid');
    expect((await get('refused')).status).toBe(404);
  });

  it('lists contacts page by page, and by address', async () => {
    for (const id of ['p1', 'p2', 'p3']) await put(id, { email: `${id}@pages.test` });
    const first = await api.call({ url: '/v1/contacts?limit=2', key });
    expect(first.json['items']).toMatchObject([{ externalId: 'p3' }, { externalId: 'p2' }]);
    const second = await api.call({ url: `/v1/contacts?limit=1&cursor=${String(first.json['nextCursor'])}`, key });
    expect(second.json['items']).toMatchObject([{ externalId: 'p1' }]);
    const byEmail = await api.call({ url: '/v1/contacts?email=p2%40pages.test', key });
    expect(byEmail.json['items']).toMatchObject([{ externalId: 'p2' }]);
  });

  it('calls a contact by its name, else by first and last name, and finds it by each', async () => {
    await put('called-1', { attributes: { name: 'Zora Neale', firstName: 'Other' } });
    await put('called-2', { attributes: { firstName: 'Yusuf', lastName: 'Adeyemi' } });
    await put('called-3', { attributes: { plan: 'pro' } });
    const names = ['called-1', 'called-2', 'called-3'].map(async (id) => (await get(id)).json['name']);
    expect(await Promise.all(names)).toEqual(['Zora Neale', 'Yusuf Adeyemi', null]);
    for (const [q, id] of [
      ['zora', 'called-1'],
      ['yus', 'called-2'],
    ])
      expect((await api.call({ url: `/v1/contacts?q=${q}`, key })).json['items']).toMatchObject([{ externalId: id }]);
  });

  it('shows and erases nothing of another workspace', async () => {
    await put('ours', {});
    const foreign = await api.key(['contacts:read', 'contacts:erase'], await database.addWorkspace());
    for (const method of ['GET', 'DELETE'] as const) {
      const answer = await api.call({ method, url: '/v1/contacts/ours', key: foreign });
      expect([answer.status, answer.json['code']]).toEqual([404, 'contact.notFound']);
    }
    expect((await api.call({ url: '/v1/contacts', key: foreign })).json['items']).toEqual([]);
    expect((await get('ours')).status).toBe(200);
  });

  it('erases for those alone who have the right to it: it cannot be undone (security 17)', async () => {
    await put('kept', {});
    const erase = (as: object): Promise<Answer> => api.call({ method: 'DELETE', url: '/v1/contacts/kept', ...as });
    expect((await erase({ key: await api.key(['contacts:read', 'contacts:write']) })).status).toBe(403);
    for (const role of ['designer', 'engineer'] as const)
      expect((await erase({ cookie: (await api.member([role])).cookie })).status).toBe(403);
    expect((await erase({ cookie: (await api.member(['operator'])).cookie })).status).toBe(204);
  });

  it('erases a contact with what its journeys keep of it, and ends them', async () => {
    await publishJourney(api, key, sampleJourney('welcome'));
    await put('gone', { email: 'gone@secret.test', attributes: { name: 'Secret Name' } });
    const event = sampleEvent('gone-1', 'SignedUp', 'gone', { key: 'secret-key', properties: { note: 'secret-note' } });
    await api.call({ method: 'POST', url: '/v1/events', key, body: { events: [event] } });
    const [run] = await journeyRunsOf(database, 'gone');
    const own = { workspace_id: database.workspaceId, run_id: run?.id ?? '' };
    await kysely(database.system)
      .insertInto('run_turn')
      .values({ ...own, turn: 1, generation: 0, state: '{"note":"secret-note"}' })
      .execute();
    await kysely(database.system).updateTable('run').set({ turn: 1 }).where('id', '=', own.run_id).execute();
    await kysely(database.system)
      .insertInto('effect')
      .values({
        ...own,
        key: 'k',
        step: 's',
        visit: 1,
        generation: 0,
        kind: 'email',
        mode: 'atMostOnce',
        frozen: Buffer.from('gone@secret.test'),
        request: '{"to":"gone@secret.test"}',
      })
      .execute();
    const answer = await api.call({ method: 'DELETE', url: '/v1/contacts/gone', key });
    expect(answer.status).toBe(204);
    expect((await get('gone')).status).toBe(404);
    expect((await api.call({ method: 'DELETE', url: '/v1/contacts/gone', key })).status).toBe(404);
    const row = await kysely(database.system)
      .selectFrom('run')
      .selectAll()
      .where('id', '=', run?.id ?? '')
      .executeTakeFirst();
    expect(row).toMatchObject({ status: 'exited', reason: 'contact erased', ended_at: expect.any(Date) });
    const tables = [
      'contact',
      'event',
      'wait',
      'run_turn',
      'run_inbox',
      'step',
      'effect',
      'gate',
      'journey_run',
    ] as const;
    for (const table of tables) {
      const rows = await kysely(database.system).selectFrom(table).selectAll().execute();
      expect(`${table}: ${JSON.stringify(rows)}`).not.toMatch(/secret/i);
      expect(JSON.stringify(rows)).not.toContain(Buffer.from('gone@secret.test').toJSON().data.join(','));
    }
    const wakeUps = await kysely(database.system)
      .selectFrom('outbox')
      .select('id')
      .where('run_id', '=', own.run_id)
      .execute();
    expect(wakeUps).toHaveLength(2);
    const shown = await api.call({ url: `/v1/runs/${own.run_id}`, key });
    expect([shown.status, shown.json['facts']]).toEqual([200, {}]);
  });

  it('takes who comes again after an erasure for a new person, of whom nothing is known (mox#162, n8n-nodes-chatwoot#8)', async () => {
    const [slug, contact] = ['again', 'comes-again'];
    await publishJourney(api, key, sampleJourney(slug, { reentry: 'once', entry: [{ event: 'Came' }] }));
    const come = (id: string): Promise<Answer> =>
      api.call({ method: 'POST', url: '/v1/events', key, body: { events: [sampleEvent(id, 'Came', contact)] } });
    await put(contact, { email: 'again@example.test', attributes: { name: 'Secret Name' } });
    await come('came-1');
    await api.call({ method: 'DELETE', url: `/v1/contacts/${contact}`, key });
    await come('came-2');
    expect(await journeyRunsOf(database, contact)).toHaveLength(1);
    expect((await get(contact)).json).toMatchObject({ email: null, attributes: {} });
    const story = await api.call({ url: `/v1/contacts/${contact}/timeline`, key });
    expect(JSON.stringify(story.json)).not.toMatch(/Secret|again@|came-1/);
  });

  it('erases what an enrollment that has ended keeps of its contact, too, but for its money (security 17g)', async () => {
    const courseRun = await makeCourseRun(database);
    const { contactId, runId, enrollmentId } = await enroll(database, courseRun);
    const of = { workspace_id: database.workspaceId, run_id: runId };
    const { system } = database;
    const said = JSON.stringify({ note: 'secret-note' });
    await kysely(system)
      .insertInto('run_turn')
      .values({ ...of, turn: 1, generation: 0, state: said })
      .execute();
    const mail = { key: 'k-17g', step: 's', visit: 1, generation: 0, kind: 'email', mode: 'atMostOnce', request: said };
    await kysely(system)
      .insertInto('effect')
      .values({ ...of, ...mail })
      .execute();
    const message = { ...of, kind: 'progress', ref: 'p-1', payload: said };
    await kysely(system).insertInto('run_inbox').values(message).execute();
    const ended = { ended_at: new Date() };
    await kysely(system).updateTable('run').set(ended).where('id', '=', runId).execute();
    await kysely(system).updateTable('enrollment').set(ended).where('id', '=', enrollmentId).execute();
    expect((await api.call({ method: 'DELETE', url: `/v1/contacts/${contactId}`, key })).status).toBe(204);
    for (const table of ['run_turn', 'run_inbox', 'effect'] as const) {
      const rows = await kysely(system).selectFrom(table).selectAll().where('run_id', '=', runId).execute();
      expect(`${table}: ${JSON.stringify(rows)}`).not.toContain('secret');
    }
    const kept = await kysely(system).selectFrom('run').select('status').where('id', '=', runId).execute();
    expect(kept).not.toMatchObject([{ status: 'exited' }]);
  });

  it('refuses to erase a contact that is in something about money', async () => {
    const made = await put('enrolled', {});
    await kysely(database.system)
      .insertInto('run')
      .values({
        workspace_id: database.workspaceId,
        kind: 'enrollment',
        title: 'Course',
        workflow_id: 'enrollment-run/x',
        entry_key: 'x',
        subject_id: String(made.json['id']),
        contact_id: String(made.json['id']),
      })
      .execute();
    const answer = await api.call({ method: 'DELETE', url: '/v1/contacts/enrolled', key });
    expect(answer.status).toBe(409);
    expect(answer.json).toMatchObject({ code: 'contact.inUse', runs: [{ kind: 'enrollment' }] });
  });
});
