import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { addressOf, type CallOf, defineRoute } from './route.ts';

const list = defineRoute({
  method: 'GET',
  path: '/v1/shelves/:shelf/books/:book/pages.csv',
  summary: 'Lists the pages of a book',
  access: 'signedIn',
  params: { shelf: z.string(), book: z.coerce.number() },
  query: z.strictObject({ q: z.string().optional(), limit: z.coerce.number().default(50) }),
});

describe('the address of a call', () => {
  it('has the parts of the path encoded, and the query without what is not there', () => {
    const call = { shelf: 'a/b c', book: 7, query: { q: 'x & y', limit: undefined } };
    expect(addressOf(list, call)).toBe('/v1/shelves/a%2Fb%20c/books/7/pages.csv?q=x+%26+y');
    expect(addressOf(list, { shelf: 's', book: 1, query: { q: undefined, limit: null } })).toBe(
      '/v1/shelves/s/books/1/pages.csv',
    );
    // What is empty is there: the change stream takes an empty id for one that it does not know.
    expect(addressOf(list, { shelf: 's', book: 1, query: { q: '' } })).toBe('/v1/shelves/s/books/1/pages.csv?q=');
  });

  it('asks for nothing that the route does not know', () => {
    const parts = { shelf: 's', book: 1 };
    const known: CallOf<typeof list>[] = [
      { ...parts, query: { limit: 8 } },
      // @ts-expect-error a part of the path is missing
      { shelf: 's' },
      // @ts-expect-error no such filter
      { ...parts, query: { page: 1 } },
      // @ts-expect-error the route has no body
      { ...parts, body: {} },
      // @ts-expect-error reading twice is no harm, so no key makes it happen once
      { ...parts, once: 'key' },
    ];
    expect(known).toHaveLength(5);
  });
});
