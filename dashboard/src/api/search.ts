import { queryOptions } from '@tanstack/react-query';
import { type FoundItem, SearchAnswer } from '../../../contracts/operations/search-api.schema.ts';
import type { IconName } from '../ui/icons.tsx';
import { request } from './request.ts';

/** What begins with these words: people, journeys, courses, batches, runs. */
export function searchQuery(q: string) {
  return queryOptions({
    queryKey: ['/v1/search', q],
    queryFn: ({ signal }) => request(SearchAnswer, '/v1/search', { query: { q, limit: 12 }, signal }),
  });
}

/** The icon of each kind of thing. */
export const foundIcon: Record<FoundItem['kind'], IconName> = {
  run: 'runs',
  contact: 'person',
  journey: 'journey',
  courseRun: 'course',
  batch: 'batch',
};

/** The dashboard's address of a thing. */
export function addressOfFound(item: FoundItem): string {
  const part = encodeURIComponent;
  switch (item.kind) {
    case 'run':
      return `/runs/${item.id}`;
    case 'contact':
      return `/contacts/${part(item.ref.externalId)}`;
    case 'journey':
      return `/journeys/${part(item.ref.slug)}`;
    case 'courseRun':
      return `/courses/${part(item.ref.course)}/${part(item.ref.slug)}`;
    case 'batch':
      return `/batches/${item.id}`;
  }
}
