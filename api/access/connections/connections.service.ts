import { Inject, Injectable } from '@nestjs/common';
import {
  type Connection,
  type ConnectionService,
  connectionServices,
  type ConnectionTest,
  type CrmCredentials,
} from '../../../contracts/access/connections-api.schema.ts';
import {
  CRM_SECRET,
  crmBaseUrl,
  openCrmCredentials,
  UNREADABLE_CRM,
} from '../../../platform/connections/crm-connection.ts';
import { probeCrm } from '../../../platform/connections/crm-probe.ts';
import { storedRefreshTokens } from '../../../platform/connections/stored-refresh-token.ts';
import { deleteSecret, listSecrets, setSecret } from '../../../platform/db/access/secrets.ts';
import type { Tx } from '../../../platform/db/core/workspace.ts';
import type { KeySource } from '../../../platform/db/keys/master-keys.ts';
import type { ApiConfig } from '../../settings.ts';
import { auditActor, type Principal, requirePerson } from '../../http/caller/principal.ts';
import { notFound } from '../../http/errors/app-error.ts';
import { CONFIG, KEYS } from '../../http/parts.ts';
import { Store } from '../../http/store.ts';

const secretNames: Readonly<Record<ConnectionService, string>> = { crm: CRM_SECRET };
const openers: Readonly<Record<ConnectionService, typeof openCrmCredentials>> = { crm: openCrmCredentials };

/** Sets, tests and removes credentials of a workspace. Only people do: a key could send what the workspace writes to an account of its own. */
@Injectable()
export class ConnectionsService {
  constructor(
    private readonly store: Store,
    @Inject(KEYS) private readonly keys: KeySource,
    @Inject(CONFIG) private readonly config: ApiConfig,
  ) {}

  async list(caller: Principal): Promise<{ items: Connection[] }> {
    const items = await this.store.inWorkspace(caller, async (tx) => {
      const found: Connection[] = [];
      for (const service of connectionServices) found.push(await this.connection(tx, caller, service));
      return found;
    });
    return { items };
  }

  async put(caller: Principal, service: ConnectionService, credentials: CrmCredentials): Promise<Connection> {
    requirePerson(caller);
    const keys = await this.keys();
    return this.store.inWorkspace(caller, async (tx) => {
      await setSecret(tx, keys, {
        ...auditActor(caller),
        name: secretNames[service],
        value: JSON.stringify(credentials),
        shown: credentials.kind === 'hubspotToken' ? credentials.token : credentials.refreshToken,
      });
      return this.connection(tx, caller, service);
    });
  }

  async test(caller: Principal, service: ConnectionService): Promise<ConnectionTest> {
    requirePerson(caller);
    const credentials = await this.store.inWorkspace(caller, (tx) => this.credentials(tx, caller, service));
    if (!credentials) throw notFound('connection');
    if (credentials === 'unreadable') return { isWell: false, message: UNREADABLE_CRM };
    const kept = { db: this.store.app, keys: this.keys, workspaceId: caller.workspaceId };
    return probeCrm({
      credentials,
      baseUrl: crmBaseUrl(credentials, this.config),
      refreshTokens: (app) => storedRefreshTokens(kept, app),
    });
  }

  async remove(caller: Principal, service: ConnectionService): Promise<void> {
    requirePerson(caller);
    const secret = { ...auditActor(caller), name: secretNames[service] };
    if (!(await this.store.inWorkspace(caller, (tx) => deleteSecret(tx, secret)))) throw notFound('connection');
  }

  private async connection(tx: Tx, caller: Principal, service: ConnectionService): Promise<Connection> {
    const known = (await listSecrets(tx, caller.workspaceId)).find(({ name }) => name === secretNames[service]);
    const credentials = known && (await this.credentials(tx, caller, service));
    if (!known || !credentials) return { service, own: null };
    const { endsWith, setAt, setBy } = known;
    const kind = credentials === 'unreadable' ? null : credentials.kind;
    return { service, own: { kind, endsWith, setAt: setAt.toISOString(), setBy } };
  }

  private async credentials(
    tx: Tx,
    { workspaceId }: Principal,
    service: ConnectionService,
  ): ReturnType<typeof openCrmCredentials> {
    return openers[service](tx, await this.keys(), workspaceId);
  }
}
