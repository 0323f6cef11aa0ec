import 'reflect-metadata';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineRoute, type Route as RouteRecord } from '../../contracts/http/route.ts';
import { Body, JsonBody, Param, Query, Route } from './route.ts';

const put = defineRoute({
  method: 'PUT',
  path: '/v1/shelves/:shelf/books/:book',
  summary: 'Puts a book on a shelf',
  access: 'signedIn',
  params: { shelf: z.string(), book: z.string() },
  query: z.strictObject({ dry: z.stringbool().optional() }),
  body: z.strictObject({ title: z.string() }),
});

/** Loads a handler of a route whose parameters have these decorators. */
function load(route: RouteRecord, ...parts: ParameterDecorator[]): void {
  class Shelves {
    put(): void {}
  }
  for (const [index, part] of parts.entries()) part(Shelves.prototype, 'put', index);
  const descriptor: TypedPropertyDescriptor<() => void> = { value: Shelves.prototype.put };
  Route(route)(Shelves.prototype, 'put', descriptor);
}

describe('the handler of a route', () => {
  it('takes what the route has', () => {
    expect(() => load(put, Param('shelf'), Param('book'), Query(), Body())).not.toThrow();
    expect(() => load(put, Param('shelf'), Param('book'), Query(), JsonBody())).not.toThrow();
  });

  it.each<[string, string, ParameterDecorator[]]>([
    ['part of the path', 'book', [Param('shelf'), Query(), Body()]],
    ['query', '(query)', [Param('shelf'), Param('book'), Body()]],
    ['body', '(body)', [Param('shelf'), Param('book'), Query()]],
  ])('is refused when it leaves out a %s', (_, part, parts) => {
    expect(() => load(put, ...parts)).toThrow(`has ${part}`);
  });

  it('is refused when it takes what the route does not have', () => {
    expect(() => load(put, Param('shelf'), Param('page'), Query(), Body())).toThrow('has no page');
    const { body: _, ...bare } = put;
    expect(() => load(bare, Param('shelf'), Param('book'), Query(), Body())).toThrow('has no (body)');
  });

  it('is refused by the compiler where params and path differ', () => {
    const rest = { method: 'GET', path: '/v1/shelves/:shelf', summary: 'Shows a shelf', access: 'signedIn' } as const;
    // @ts-expect-error the path has a part more
    expect(defineRoute({ ...rest, params: {} })).toBeDefined();
    // @ts-expect-error the path has no such part
    expect(defineRoute({ ...rest, path: '/v1/shelves', params: { shelf: z.string() } })).toBeDefined();
    // @ts-expect-error a route has no such member
    expect(defineRoute({ ...rest, params: { shelf: z.string() }, permission: 'runs:read' })).toBeDefined();
  });
});
