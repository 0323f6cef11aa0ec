import { Injectable } from '@nestjs/common';
import type { Permission } from '../../../contracts/access/access.ts';
import { FoundItem, type SearchAnswer, type SearchQuery } from '../../../contracts/operations/search-api.schema.ts';
import {
  findBatches,
  findContacts,
  findCourseRuns,
  findDocuments,
  findJourneys,
  findRuns,
  type Found,
} from '../../../platform/db/views/search.ts';
import type { Tx } from '../../../platform/db/core/workspace.ts';
import type { Principal } from '../../http/caller/principal.ts';
import { Store } from '../../http/store.ts';

type Find = (tx: Tx, workspaceId: string, q: string, limit: number) => Promise<Found[]>;

/** Each kind with the right that shows it. */
const kinds: readonly { right: Permission; find: Find }[] = [
  { right: 'journeys:read', find: findJourneys },
  { right: 'courses:read', find: findCourseRuns },
  { right: 'batches:read', find: findBatches },
  { right: 'contacts:read', find: findContacts },
  { right: 'batches:read', find: findDocuments },
  { right: 'runs:read', find: findRuns },
];

/** Finds things by their names, of the kinds that the caller may read. */
@Injectable()
export class SearchService {
  constructor(private readonly store: Store) {}

  search(caller: Principal, { q, limit }: SearchQuery): Promise<SearchAnswer> {
    return this.store.inWorkspace(caller, async (tx) => {
      const items: FoundItem[] = [];
      for (const { right, find } of kinds) {
        if (!caller.permissions.has(right)) continue;
        const rows = await find(tx, caller.workspaceId, q, limit);
        items.push(...rows.map(({ ref, ...row }) => FoundItem.parse(ref === null ? row : { ...row, ref })));
      }
      return { items: items.slice(0, limit) };
    });
  }
}
