import { beforeAll, describe, expect, it } from 'vitest';
import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import type { JourneyNode } from '../../contracts/journeys/nodes.schema.ts';
import type { Answer, TestCall } from '../../test/support/caller.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { publishJourney, sampleJourney } from '../../test/support/journeys.ts';
import { useTestApi } from '../../test/support/use-test-api.ts';

const rights = ['journeys:read', 'journeys:write', 'journeys:publish', 'templates:write', 'contacts:write'] as const;

describe('/v1/journeys', () => {
  const { database, api } = useTestApi();
  let key: string;
  const call = (method: NonNullable<TestCall['method']>, path: string, body?: unknown): Promise<Answer> =>
    api.call({ method, url: `/v1/journeys${path}`, key, ...(body === undefined ? {} : { body }) });
  const put = (definition: unknown, more: object = {}, slug = slugOf(definition)): Promise<Answer> =>
    call('PUT', `/${slug}`, { definition, ...more });

  beforeAll(async () => {
    key = await api.key([...rights]);
  });

  const withSteps = (slug: string, steps: JourneyNode[]): JourneyDefinition => sampleJourney(slug, { steps });
  const delay: JourneyNode = { kind: 'delay', id: 'pause', for: 'P1D' };

  describe('drafts', () => {
    it('stores a draft, shows it as it came, and raises its rev', async () => {
      const definition = sampleJourney('drafted');
      const made = await put(definition, { expectedRev: 0 });
      expect(made.status).toBe(200);
      expect(made.json).toMatchObject({ slug: 'drafted', status: 'draft', rev: 1, liveVersion: null, problems: [] });
      const again = await put({ ...definition, name: 'Other' }, { expectedRev: 1 });
      expect(again.json).toMatchObject({ rev: 2, name: 'Other' });
      expect((await call('GET', '/drafted')).json).toMatchObject({ draft: { ...definition, name: 'Other' }, rev: 2 });
    });

    it.each([
      ['an old rev', 1],
      ['a journey that should be new', 0],
    ])('refuses %s', async (_name, expectedRev) => {
      const slug = `stale-${expectedRev}`;
      await put(sampleJourney(slug));
      await put(sampleJourney(slug));
      const answer = await put(sampleJourney(slug), { expectedRev });
      expect(answer.status).toBe(412);
      expect(answer.json).toMatchObject({ code: 'journey.stale', rev: 2 });
    });

    it('refuses more steps than a journey may have before it does anything with them (security 2)', async () => {
      const steps = Array.from({ length: 3_000 }, (_, index): JourneyNode => ({ ...delay, id: `d${index}` }));
      const tooMany = withSteps('poison', steps);
      const calls = [
        await put(tooMany),
        await call('POST', '/poison/validate', { definition: tooMany }),
        await call('POST', '/poison/simulate', { definition: tooMany }),
      ];
      for (const answer of calls) {
        expect(answer).toMatchObject({ status: 422, json: { code: 'journey.invalid' } });
        expect(problemsOf(answer)).toMatchObject([{ code: 'journey.tooManySteps', path: 'steps' }]);
      }
      expect((await call('GET', '/poison')).status).toBe(404);
    });

    it('makes nothing when the rev is of a journey that is not there', async () => {
      expect((await put(sampleJourney('ghost'), { expectedRev: 3 })).status).toBe(412);
      expect((await call('GET', '/ghost')).status).toBe(404);
    });

    it('keeps a draft that is not whole, with what is wrong', async () => {
      const answer = await put({ name: 'Half' }, {}, 'half');
      expect(answer.status).toBe(200);
      expect(answer.json['name']).toBe('Half');
      expect(problemsOf(answer)).toContainEqual(expect.objectContaining({ path: 'steps', code: 'schema.missing' }));
      const published = await call('POST', '/half/publish', {});
      expect(published.status).toBe(422);
    });

    it('is not published with a step whose model has no price (rawdog#83)', async () => {
      const output = { type: 'object', additionalProperties: false, properties: { a: { type: 'string' } } };
      const ask = { kind: 'llm', id: 'ask', prompt: { kind: 'inline', instructions: 'Write.' }, input: {}, output };
      const unpriced = { ...ask, budgetMicros: 100, model: 'qwen3:8b' };
      const assign = { kind: 'role', id: 'approver' };
      const outcomes = [{ name: 'approve', steps: [{ ...unpriced, id: 'again' }] }];
      const nested = { kind: 'approval', id: 'look', assign, show: { kind: 'literal', value: 'x' }, outcomes };
      await put({ ...sampleJourney('unpriced'), steps: [unpriced, nested] });
      const answer = await call('POST', '/unpriced/publish', {});
      expect(answer.status).toBe(422);
      expect(problemsOf(answer)).toContainEqual(
        expect.objectContaining({
          path: 'steps.0.model',
          code: 'llm.noPrice',
          hint: expect.stringContaining('LLM_MODELS'),
        }),
      );
      // A step in a branch costs as much.
      const path = 'steps.1.outcomes.0.steps.0.model';
      expect(problemsOf(answer)).toContainEqual(expect.objectContaining({ path, code: 'llm.noPrice' }));
    });

    it.each<[string, string, unknown, number]>([
      ['a slug in capitals', '/Welcome', { definition: {} }, 404],
      ['no definition', '/none', {}, 422],
      ['a definition that is a list', '/list', { definition: [] }, 422],
      ['an unknown field', '/more', { definition: {}, more: 1 }, 422],
      ['a NUL', '/nul', { definition: { name: '\u0000' } }, 422],
    ])('refuses %s', async (_name, path, body, status) => {
      expect((await call('PUT', path, body)).status).toBe(status);
    });

    it('lists journeys page by page', async () => {
      for (const slug of ['list-a', 'list-b', 'list-c']) await put(sampleJourney(slug));
      const first = await call('GET', '?limit=2');
      expect(first.json['items']).toMatchObject([{ slug: 'list-c' }, { slug: 'list-b' }]);
      const second = await call('GET', `?limit=1&cursor=${String(first.json['nextCursor'])}`);
      expect(second.json['items']).toMatchObject([{ slug: 'list-a' }]);
      expect((await call('GET', '?cursor=nonsense')).status).toBe(400);
    });
  });

  describe('problems', () => {
    const cases: [string, JourneyNode[], string | null, string][] = [
      ['a loop without a wait', [{ kind: 'goTo', id: 'back', target: 'back' }], 'back', 'loop.withoutWait'],
      ['a target that is not there', [{ kind: 'goTo', id: 'away', target: 'nowhere' }], 'away', 'goTo.unknownTarget'],
      [
        'a step that nobody reaches',
        [
          { kind: 'exit', id: 'end', reason: 'done' },
          { kind: 'delay', id: 'lost', for: 'P1D' },
        ],
        'lost',
        'node.unreachable',
      ],
      [
        'an unknown template',
        [{ kind: 'email', id: 'hello', content: { kind: 'template', template: 'nothing@1' } }],
        'hello',
        'template.unknown',
      ],
      [
        'a label that is not there',
        [{ kind: 'email', id: 'hello', content: { kind: 'template', template: 'known@staging' } }],
        'hello',
        'template.unknown',
      ],
      [
        'a version beyond any number',
        [{ kind: 'email', id: 'hello', content: { kind: 'template', template: 'known@99999999999999' } }],
        'hello',
        'template.unknown',
      ],
      [
        'an unknown prompt',
        [
          {
            kind: 'llm',
            id: 'ask',
            prompt: { kind: 'stored', prompt: 'known@production' },
            input: {},
            output: { type: 'object', properties: { a: { type: 'string' } } },
            budgetMicros: 100,
          },
        ],
        'ask',
        'prompt.unknown',
      ],
      [
        'a variable that the step does not give',
        [{ kind: 'email', id: 'hello', content: { kind: 'template', template: 'known@production' } }],
        'hello',
        'template.unknownVariable',
      ],
      ['an unknown role', [approval('check', { kind: 'role', id: 'pope' })], 'check', 'approval.unknownRole'],
      [
        'an unknown member',
        [approval('check', { kind: 'member', id: '018f0000-0000-7000-8000-000000000000' })],
        'check',
        'approval.unknownMember',
      ],
    ];
    it.each(cases)('pins %s to its node, and publishes nothing', async (name, steps, node, code) => {
      await api.call({
        method: 'PUT',
        url: '/v1/templates/message/known',
        key,
        body: { content: { subject: 'Hello {{ contact.firstName }}', markdown: 'Your plan: {{ plan }}' } },
      });
      const slug = `bad-${name.replaceAll(/[^a-z]+/g, '-')}`;
      expect(problemsOf(await put(withSteps(slug, steps)))).toContainEqual(expect.objectContaining({ node, code }));
      const verdict = await call('POST', `/${slug}/validate`, {});
      expect(verdict.json).toMatchObject({ valid: false });
      const published = await call('POST', `/${slug}/publish`, {});
      expect(published.status).toBe(422);
      expect(published.json['code']).toBe('journey.invalid');
      expect(problemsOf(published)).toContainEqual(expect.objectContaining({ node, code }));
      expect((await call('GET', `/${slug}`)).json).toMatchObject({ status: 'draft', liveVersion: null });
    });

    it('validates a definition that is not stored', async () => {
      const verdict = await call('POST', '/not-stored/validate', { definition: sampleJourney('not-stored') });
      expect(verdict.json).toEqual({ valid: true, problems: [] });
      expect((await call('POST', '/not-stored/validate', {})).status).toBe(404);
    });

    it.each<[string, object, string]>([
      ['a pattern that looks around', { pattern: '^(?=a)' }, 'steps.0.output.properties.text.pattern'],
      ['what answers are not compared with', { if: {} }, 'steps.0.output.properties.text.if'],
    ])('refuses a schema of answers with %s (security 1)', async (_name, text, path) => {
      const output = { type: 'object', properties: { text: { type: 'string', ...text } } };
      const prompt = { kind: 'inline', instructions: 'Write.' };
      const steps = [{ kind: 'llm', id: 'ask', prompt, input: {}, output, budgetMicros: 1 }];
      const definition = { ...sampleJourney('hanging'), steps };
      const verdict = await call('POST', '/hanging/validate', { definition });
      expect(problemsOf(verdict)).toMatchObject([{ code: 'llm.outputUnusable', node: 'ask', path }]);
    });

    it('names an unknown kind of node', async () => {
      const steps = [{ kind: 'teleport', id: 'beam' }];
      const verdict = await call('POST', '/odd/validate', { definition: { ...sampleJourney('odd'), steps } });
      expect(problemsOf(verdict)).toContainEqual(expect.objectContaining({ node: 'beam', code: 'node.unknownKind' }));
    });

    it('refuses a definition of another slug', async () => {
      const answer = await put(sampleJourney('one'), {}, 'two');
      expect(problemsOf(answer)).toContainEqual(expect.objectContaining({ code: 'journey.otherSlug' }));
    });
  });

  describe('versions', () => {
    it('publishes content once: the same again is the same version, an older one comes back', async () => {
      const first = sampleJourney('versioned');
      const second = withSteps('versioned', [delay]);
      await put(first);
      const one = await call('POST', '/versioned/publish', {});
      expect(one.json).toMatchObject({ version: 1, created: true, journey: { status: 'live', liveVersion: 1 } });
      const same = await call('POST', '/versioned/publish', {});
      expect(same.json).toMatchObject({ version: 1, created: false, sha256: one.json['sha256'] });
      await put(second);
      expect((await call('POST', '/versioned/publish', {})).json).toMatchObject({ version: 2, created: true });
      await put(first);
      const back = await call('POST', '/versioned/publish', {});
      expect(back.json).toMatchObject({ version: 1, created: false, journey: { liveVersion: 1 } });
      const versions = await call('GET', '/versioned/versions');
      expect(versions.json['items']).toMatchObject([{ version: 2 }, { version: 1 }]);
      expect((await call('GET', '/versioned/versions/2')).json).toMatchObject({ definition: second });
      expect((await call('GET', '/versioned/versions/3')).status).toBe(404);
      expect((await call('GET', '/versioned/versions/x')).status).toBe(404);
    });

    it('stores which versions the labels meant, and keeps the draft as it was pushed', async () => {
      const template = { subject: 'Hi', markdown: 'Hello' };
      const putTemplate = (content: object): Promise<Answer> =>
        api.call({ method: 'PUT', url: '/v1/templates/message/pinned', key, body: { content } });
      await putTemplate(template);
      await putTemplate({ ...template, subject: 'Hi again' });
      const content = { kind: 'template', template: 'pinned@production' } as const;
      const nested: JourneyNode = {
        kind: 'if',
        id: 'always',
        when: { kind: 'all', of: [] },
        yes: [{ kind: 'email', id: 'hello', content }],
      };
      await publishJourney(api, key, withSteps('pinned', [nested]));
      const version = await call('GET', '/pinned/versions/1');
      expect(version.json).toMatchObject({
        definition: { steps: [{ yes: [{ content: { template: 'pinned@2' } }] }] },
      });
      expect((await call('GET', '/pinned')).json).toMatchObject({
        draft: { steps: [{ yes: [{ content: { template: 'pinned@production' } }] }] },
      });
      await putTemplate({ ...template, subject: 'Third' });
      expect((await call('POST', '/pinned/publish', {})).json).toMatchObject({ version: 2, created: true });
    });

    it('refuses to publish an older state', async () => {
      await put(sampleJourney('overtaken'));
      await put(sampleJourney('overtaken'));
      expect((await call('POST', '/overtaken/publish', { expectedRev: 1 })).status).toBe(412);
    });
  });

  it('shows the mails of stored templates in a simulation (dashboard F4)', async () => {
    const content = { subject: 'Hello {{ contact.firstName }}', markdown: 'Your plan: **{{ plan }}**' };
    await api.call({ method: 'PUT', url: '/v1/templates/message/shown', key, body: { content } });
    const variables = { plan: { kind: 'literal' as const, value: 'pro' } };
    const mail = { kind: 'template' as const, template: 'shown@production' };
    await put(sampleJourney('shown', { steps: [{ kind: 'email', id: 'hello', content: mail, variables }] }));
    const good = await call('POST', '/shown/simulate', { contact: { firstName: 'Ana' } });
    expect(good.json['steps']).toMatchObject([{ mail: { subject: 'Hello Ana', text: 'Your plan: pro' } }]);
    const bad = await call('POST', '/shown/simulate', { contact: {} });
    expect(bad.json).toMatchObject({ outcome: 'failed', reason: expect.stringContaining('contact.firstName') });
  });

  it('simulates a draft on a virtual clock', async () => {
    await put(sampleJourney('simulated'));
    const at = '2026-11-24T09:00:00.000Z';
    const quiet = await call('POST', '/simulated/simulate', { at, contact: { firstName: 'Ana' } });
    expect(quiet.json).toMatchObject({
      outcome: 'completed',
      startedAt: at,
      endedAt: '2026-11-26T09:00:00.000Z',
      steps: [{ step: 'first-login', status: 'done' }],
    });
    const script = { events: [{ after: 'PT1H', name: 'LoggedIn' }] };
    const active = await call('POST', '/simulated/simulate', { at, script });
    expect(active.json).toMatchObject({ outcome: 'completed', endedAt: '2026-11-24T10:00:00.000Z' });
    // A right to journeys shows nothing of a contact (security 10).
    const person = { method: 'POST', url: '/v1/journeys/simulated/simulate', body: { externalId: 'nobody' } } as const;
    expect(await call('POST', '/simulated/simulate', { externalId: 'nobody' })).toMatchObject({
      status: 403,
      json: { code: 'auth.forbidden', needs: 'contacts:read' },
    });
    const reader = await api.key(['journeys:read', 'contacts:read']);
    expect((await api.call({ ...person, key: reader })).status).toBe(422);
    const odd = await call('POST', '/simulated/simulate', {
      script: { events: [{ after: 'soon', name: 'LoggedIn' }] },
    });
    expect(odd.json).toMatchObject({ code: 'request.invalid', errors: [{ path: 'script.events.0.after' }] });
    expect((await call('POST', '/simulated/simulate', { definition: { steps: 1 } })).status).toBe(422);
  });

  it('notes at whose request a run is: who started it by hand, else who published it (security 6)', async () => {
    const [publisher, starter] = [await api.member(['designer']), await api.member(['engineer'])];
    const as = (by: { cookie: string }, method: 'PUT' | 'POST', path: string, body: object): Promise<Answer> =>
      api.call({ method, url: `/v1/journeys${path}`, cookie: by.cookie, body });
    const definition = sampleJourney('wished', { reentry: 'perKey' });
    await as(publisher, 'PUT', '/wished', { definition });
    expect((await as(publisher, 'POST', '/wished/publish', {})).status).toBe(200);
    const sender = await api.key(['events:write', 'contacts:write']);
    const event = {
      id: 'wished-1',
      name: definition.entry[0]?.event,
      contact: 'wisher',
      key: 'a',
      occurredAt: new Date(),
    };
    await api.call({ method: 'POST', url: '/v1/events', key: sender, body: { events: [event] } });
    expect((await as(starter, 'POST', '/wished/runs', { contact: 'wisher', key: 'b' })).status).toBe(202);
    const runs = await kysely(database.system)
      .selectFrom('run')
      .innerJoin('journey', 'journey.id', 'run.subject_id')
      .select('requested_by')
      .where('journey.slug', '=', 'wished')
      .orderBy('run.id')
      .execute();
    expect(runs).toEqual([{ requested_by: publisher.memberId }, { requested_by: starter.memberId }]);
  });

  it('shows a journey of another workspace to nobody', async () => {
    await publishJourney(api, key, sampleJourney('secret'));
    const foreign = await api.key([...rights], await database.addWorkspace());
    const calls: [TestCall['method'], string, object?][] = [
      ['GET', ''],
      ['GET', '/versions'],
      ['GET', '/versions/1'],
      ['GET', '/stats'],
      ['POST', '/publish', {}],
      ['POST', '/pause', {}],
      ['POST', '/resume', {}],
      ['POST', '/stop', {}],
      ['POST', '/validate', {}],
      ['POST', '/simulate', {}],
      ['POST', '/runs', { contact: 'x' }],
    ];
    for (const [method = 'GET', path, body] of calls) {
      const answer = await api.call({ method, url: `/v1/journeys/secret${path}`, key: foreign, body });
      expect([path, answer.status, answer.json['code']]).toEqual([path, 404, 'journey.notFound']);
    }
    expect((await api.call({ url: '/v1/journeys', key: foreign })).json).toEqual({ items: [], nextCursor: null });
  });
});

function slugOf(definition: unknown): string {
  return typeof definition === 'object' && definition !== null && 'slug' in definition ? String(definition.slug) : '';
}

function problemsOf(answer: Answer): unknown[] {
  const { problems } = answer.json;
  return Array.isArray(problems) ? problems : [];
}

function approval(id: string, assign: { kind: 'role' | 'member'; id: string }): JourneyNode {
  return {
    kind: 'approval',
    id,
    assign,
    show: { kind: 'object', fields: {} },
    outcomes: [{ name: 'approve', steps: [] }],
  };
}
