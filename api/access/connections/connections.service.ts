import { Inject, Injectable } from '@nestjs/common';
import {
  type Connection,
  type ConnectionCredentials,
  type ConnectionService,
  connectionServices,
  type ConnectionTest,
  type RemoveConnectionQuery,
} from '../../../contracts/access/connections-api.schema.ts';
import { deleteSecret, listSecrets, setSecret } from '../../../platform/db/access/secrets.ts';
import type { Tx } from '../../../platform/db/core/workspace.ts';
import type { KeySource } from '../../../platform/db/keys/master-keys.ts';
import type { ApiConfig } from '../../settings.ts';
import { auditActor, type Principal, requirePerson } from '../../http/caller/principal.ts';
import { conflict, notFound } from '../../http/errors/app-error.ts';
import { CONFIG, KEYS } from '../../http/parts.ts';
import { Store } from '../../http/store.ts';
import { ownConnections } from './own-connections.ts';

/** Sets, tests and removes credentials of a workspace. Only people do: a key could send what the workspace writes to an account of its own. */
@Injectable()
export class ConnectionsService {
  private readonly own: ReturnType<typeof ownConnections>;

  constructor(
    private readonly store: Store,
    @Inject(KEYS) private readonly keys: KeySource,
    @Inject(CONFIG) config: ApiConfig,
  ) {
    this.own = ownConnections({ store, keys, config });
  }

  async list(caller: Principal): Promise<{ items: Connection[] }> {
    const items = await this.store.inWorkspace(caller, async (tx) => {
      const found: Connection[] = [];
      for (const service of connectionServices) found.push(await this.connection(tx, caller, service));
      return found;
    });
    return { items };
  }

  async put(caller: Principal, service: ConnectionService, given: ConnectionCredentials): Promise<Connection> {
    requirePerson(caller);
    const keys = await this.keys();
    const { secret: name, seal } = this.own[service];
    return this.store.inWorkspace(caller, async (tx) => {
      const { value, shown } = await seal(tx, keys, caller.workspaceId, given);
      await setSecret(tx, keys, { ...auditActor(caller), name, value, shown });
      return this.connection(tx, caller, service);
    });
  }

  async test(caller: Principal, service: ConnectionService): Promise<ConnectionTest> {
    requirePerson(caller);
    const keys = await this.keys();
    const test = await this.store.inWorkspace(caller, (tx) => this.own[service].test(tx, keys, caller.workspaceId));
    if (!test) throw notFound('connection');
    return test();
  }

  /** Payments are not reported here any more once their keys are gone, nor given back: who removes those has to say that they know. */
  async remove(
    caller: Principal,
    service: ConnectionService,
    { payments: leaves }: RemoveConnectionQuery,
  ): Promise<void> {
    requirePerson(caller);
    const { secret: name, payments } = this.own[service];
    await this.store.inWorkspace(caller, async (tx) => {
      if (!(await deleteSecret(tx, { ...auditActor(caller), name }))) throw notFound('connection');
      const needed = await payments(tx, caller.workspaceId);
      if (needed === null || leaves !== undefined || needed.open + needed.paid === 0) return;
      const detail = `Payments that may yet be made by these keys: ${needed.open}; that may have to be given back: ${needed.paid}. Without the keys neither is noticed nor done here: wait until they have ended, or repeat it with ?payments=leave`;
      throw conflict('connection.inUse', detail, { payments: needed });
    });
  }

  private async connection(tx: Tx, { workspaceId }: Principal, service: ConnectionService): Promise<Connection> {
    const { secret, kind, reportsTo, payments } = this.own[service];
    const shown = { service, reportsTo: reportsTo(workspaceId) };
    const known = (await listSecrets(tx, workspaceId)).find(({ name }) => name === secret);
    const found = known ? await kind(tx, await this.keys(), workspaceId) : null;
    if (!known || found === null) return { ...shown, own: null };
    const { endsWith, setAt, setBy } = known;
    return {
      ...shown,
      own: {
        kind: found === 'unreadable' ? null : found,
        endsWith,
        setAt: setAt.toISOString(),
        setBy,
        payments: await payments(tx, workspaceId),
      },
    };
  }
}
