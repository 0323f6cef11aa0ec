import { Injectable } from '@nestjs/common';
import {
  mostViews,
  type NewView,
  SavedView,
  type SavedViews,
  type ViewQuery,
} from '../../../contracts/access/views-api.schema.ts';
import { listViews, removeView, saveView, type SavedViewRow } from '../../../platform/db/access/saved-views.ts';
import { conflict, notFound } from '../../http/errors/app-error.ts';
import { type Principal, requirePerson } from '../../http/caller/principal.ts';
import { Store } from '../../http/store.ts';

/** Keeps what people have narrowed lists to, each for themselves. A key has no views. */
@Injectable()
export class ViewsService {
  constructor(private readonly store: Store) {}

  async list(caller: Principal, { page }: ViewQuery): Promise<SavedViews> {
    requirePerson(caller);
    const rows = await this.store.inWorkspace(caller, (tx) => listViews(tx, { ...ownerOf(caller), page }));
    return { items: rows.map(viewOf) };
  }

  async save(caller: Principal, view: NewView): Promise<SavedView> {
    requirePerson(caller);
    const of = { ...ownerOf(caller), ...view, most: mostViews };
    const row = await this.store.inWorkspace(caller, (tx) => saveView(tx, of));
    if (!row) throw conflict('view.tooMany', `You have ${mostViews} views of this list already; remove one first`);
    return viewOf(row);
  }

  async remove(caller: Principal, id: string): Promise<void> {
    requirePerson(caller);
    const isGone = await this.store.inWorkspace(caller, (tx) => removeView(tx, { ...ownerOf(caller), id }));
    if (!isGone) throw notFound('view');
  }
}

function ownerOf({ workspaceId, actor }: Principal): { workspaceId: string; memberId: string } {
  return { workspaceId, memberId: actor.id };
}

function viewOf(row: SavedViewRow): SavedView {
  return SavedView.parse(row);
}
