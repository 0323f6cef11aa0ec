import { Injectable } from '@nestjs/common';
import type { Workspace } from '../../../contracts/access/session-api.schema.ts';
import { findWorkspace } from '../../../platform/db/access/workspaces.ts';
import { notFound } from '../../http/errors/app-error.ts';
import type { Principal } from '../../http/caller/principal.ts';
import { Store } from '../../http/store.ts';
import { ShortMemory } from './short-memory.ts';

/** How long a workspace's name and zone are trusted, as long as a caller's rights are: every page asks for them. */
const believedMs = 3_000;

/** Remembers the workspaces of callers for a moment. */
@Injectable()
export class KnownWorkspaces {
  private readonly memory = new ShortMemory<Workspace>(believedMs);

  constructor(private readonly store: Store) {}

  /** The caller's workspace. @throws AppError 404 when it is gone */
  of(caller: Principal): Promise<Workspace> {
    return this.memory.of(caller.workspaceId, () => this.find(caller));
  }

  private async find(caller: Principal): Promise<Workspace> {
    const workspace = await this.store.inWorkspace(caller, (tx) => findWorkspace(tx, caller.workspaceId));
    if (!workspace) throw notFound('workspace');
    return workspace;
  }
}
