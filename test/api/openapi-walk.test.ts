import type { OpenAPIObject } from '@nestjs/swagger';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Problem } from '../../contracts/http/problem.schema.ts';
import { scopes } from '../../contracts/access/access.ts';
import type { Answer, Caller } from '../support/caller.ts';
import type { TestDatabase } from '../support/database.ts';
import { useInstallation } from '../support/use-installation.ts';
import { type ValidCall, validCalls } from './calls.ts';
import { makeWorld, type World } from './world.ts';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']> & { 'x-access'?: string };
type Walked = { name: string; operation: Operation; call: ValidCall };

/** Signed by a provider, not by a key: its own test sends it valid ones. */
const hooks = new Set([
  'POST /hooks/stripe',
  'POST /hooks/stripe/{workspace}',
  'POST /hooks/mail',
  'POST /hooks/mail/{service}',
  'POST /hooks/mail/{workspace}/{reporter}',
]);
const unknownId = '01a2123e-583c-76d6-bd67-495f488e6203';

describe('every operation of the OpenAPI document', () => {
  let database: TestDatabase;
  let api: Caller;
  let world: World;
  let document: OpenAPIObject;
  let walk: Walked[];

  useInstallation(async (installation) => {
    ({ database, api } = installation);
    world = await makeWorld(installation);
    document = (await api.call({ url: '/v1/openapi.json' })).json as unknown as OpenAPIObject;
    const operations = new Map(
      Object.entries(document.paths).flatMap(([path, item]) =>
        Object.entries(item).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation as Operation]),
      ),
    );
    walk = Object.entries(validCalls(world)).flatMap(([name, call]) => {
      const operation = operations.get(name);
      operations.delete(name);
      return operation ? [{ name, operation, call }] : [];
    });
    expect([...operations.keys()], 'operations without a valid call in calls.ts').toEqual([]);
  });

  const key = (call: ValidCall): { key?: string; cookie?: string } => {
    if (call.as === 'nobody') return {};
    return call.as === 'session' ? { cookie: world.cookie } : { key: world.key };
  };

  function expectProblem(name: string, answer: Answer, ...statuses: number[]): void {
    expect(statuses, `${name}: ${answer.text}`).toContain(answer.status);
    expect(answer.headers['content-type'], name).toContain('application/problem+json');
    const problem = Problem.safeParse(answer.json);
    expect(problem.success, `${name}: ${answer.text}`).toBe(true);
    expect(answer.json['status'], name).toBe(answer.status);
  }

  const isPublic = ({ operation }: Walked): boolean => operation['x-access'] === 'public';

  it('says where it is, under which licence, and how it refuses (security 17)', () => {
    expect(document.servers).toEqual([expect.objectContaining({ url: expect.stringMatching(/^http/) })]);
    expect(document.info.license).toMatchObject({ name: 'Apache-2.0' });
    const tags = document.tags?.map(({ name }) => name);
    // What redocly and spectral found; both look at the document every night (openapi-lint.nightly.test.ts).
    for (const { name, description } of document.tags ?? []) expect(description, name).toMatch(/^[A-Z].*\.$/);
    const parameters = walk.flatMap(({ operation }) => operation.parameters ?? []);
    for (const [name, schema] of [
      ['cursor', { format: 'base64url' }],
      ['open', { enum: expect.arrayContaining(['true', 'false', 'off']) }],
    ] as const)
      expect(parameters).toContainEqual(expect.objectContaining({ name, schema: expect.objectContaining(schema) }));
    for (const { name, operation } of walk) {
      expect(Object.keys(operation.responses), name).toEqual(expect.arrayContaining(['4XX', 'default']));
      expect(tags, name).toEqual(expect.arrayContaining(operation.tags ?? []));
    }
  });

  it('refuses who is nobody, and who has no right', async () => {
    expect.hasAssertions();
    const powerless = await api.key(['role:viewer']);
    for (const item of walk.filter((each) => !isPublic(each))) {
      const { as: _as, isEndless, ...call } = item.call;
      expectProblem(item.name, await api.call(call), 401);
      if (item.operation['x-access'] === 'signedIn') continue;
      if (!isEndless) expectProblem(item.name, await api.call({ ...call, key: powerless }), 403);
    }
  });

  it('refuses unknown fields with their path, unknown parameters, and ids that are none', async () => {
    for (const { name, operation, call } of walk.filter((item) => !hooks.has(item.name) && !item.call.isEndless)) {
      const { as: _, ...request } = call;
      if (call.body !== undefined) {
        const body = { ...(call.body as object), notAField: 1 };
        const answer = await api.call({ ...request, ...key(call), body });
        expectProblem(name, answer, 422);
        expect(answer.json['errors'], name).toContainEqual(
          expect.objectContaining({ path: 'notAField', code: 'field.unknown' }),
        );
        const malformed = {
          ...request,
          body: undefined,
          raw: '{"a":',
          headers: { 'content-type': 'application/json' },
        };
        expectProblem(name, await api.call({ ...malformed, ...key(call) }), 400);
      }
      if (operation.parameters?.some((parameter) => 'in' in parameter && parameter.in === 'query')) {
        const url = `${call.url}${call.url.includes('?') ? '&' : '?'}notAParameter=1`;
        expectProblem(name, await api.call({ ...request, ...key(call), url }), 400);
      }
      if (name.includes('{id}')) {
        for (const id of ['not-an-id', '%00', unknownId]) {
          const url = call.url.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, id);
          expectProblem(name, await api.call({ ...request, ...key(call), url }), 404);
        }
      }
    }
  });

  it('shows and does nothing to what belongs to another workspace', async () => {
    const foreign = await api.key([...scopes], await database.addWorkspace());
    for (const { name, call } of walk) {
      // A PUT by a name that people give makes the caller's own thing of that name.
      const isOwn = name.startsWith('PUT ') || !name.includes('{');
      if (call.as === 'nobody' || call.as === 'session' || call.isEndless || isOwn) continue;
      const { as: _, ...request } = call;
      const answer = await api.call({ ...request, key: foreign });
      expectProblem(name, answer, 404);
    }
    for (const { name, call } of walk.filter((item) => item.name.startsWith('GET') && !item.name.includes('{'))) {
      if (call.as === 'nobody' || call.as === 'session' || call.isEndless) continue;
      const { json } = await api.call({ url: call.url, key: foreign });
      const text = JSON.stringify(json['items'] ?? []);
      for (const id of Object.values(world.ids)) expect(text.includes(id), `${name} shows ${id}`).toBe(false);
    }
  });

  it('answers a valid call as the document says', async () => {
    for (const { name, operation, call } of walk) {
      if (call.isEndless || hooks.has(name)) continue;
      const { as: _, ...request } = call;
      const answer = await api.call({ ...request, ...key(call) });
      // Some answers rotate the session, as a browser would follow.
      const [cookie] = [answer.headers['set-cookie'] ?? []].flat();
      if (call.as === 'session' && cookie?.startsWith('tl=')) world.cookie = cookie.split(';')[0] ?? '';
      const promised = Object.keys(operation.responses).find((status) => status !== 'default') ?? '';
      expect(String(answer.status), `${name}: ${answer.text.slice(0, 500)}`).toBe(promised);
      const response = operation.responses[promised] as { content?: Record<string, { schema?: object }> };
      const [type, content] = Object.entries(response.content ?? {})[0] ?? [];
      if (type === undefined) {
        expect(answer.text, name).toBe('');
        continue;
      }
      if (!content?.schema) continue;
      const schema = z.fromJSONSchema(withDefinitions(content.schema));
      const read = schema.safeParse(answer.json);
      expect(read.success, `${name}: ${read.error ? z.prettifyError(read.error) : ''}`).toBe(true);
    }
  });

  /** The schema with the document's components as its own definitions. */
  function withDefinitions(schema: object): Parameters<typeof z.fromJSONSchema>[0] {
    const text = JSON.stringify({ ...schema, $defs: document.components?.schemas });
    return JSON.parse(text.replaceAll('#/components/schemas/', '#/$defs/')) as Parameters<typeof z.fromJSONSchema>[0];
  }
});
