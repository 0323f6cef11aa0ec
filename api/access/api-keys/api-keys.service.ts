import { Injectable } from '@nestjs/common';
import type { ApiKey, ApiKeysQuery, CreatedApiKey, NewApiKey } from '../../../contracts/access/api-keys-api.schema.ts';
import { type ApiKeyRow, insertApiKey, listApiKeys, revokeApiKey } from '../../../platform/db/access/api-keys.ts';
import { recordAudit } from '../../../platform/db/access/audit.ts';
import { hashToken, newToken } from '../../../platform/tokens.ts';
import { AppError, notFound } from '../../http/errors/app-error.ts';
import { Authenticator } from '../../http/caller/authenticator.ts';
import { beforeId, type Page, pageById } from '../../http/request/paging.ts';
import { auditActor, type Principal } from '../../http/caller/principal.ts';
import { LeftGates } from '../../http/left-gates.ts';
import { Store } from '../../http/store.ts';

/** Characters of the secret that stay readable in lists: `tl_` and six more, far too few to guess the rest. */
const prefixLength = 9;

/** How long a key lives of which nothing else is said: one that nobody remembers ends. */
const usualDays = 365;

/** Makes, lists and revokes keys. Only a person makes keys, and only with rights of their own. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly store: Store,
    private readonly authenticator: Authenticator,
    private readonly leftGates: LeftGates,
  ) {}

  async list(caller: Principal, query: ApiKeysQuery): Promise<Page<ApiKey>> {
    const { limit, createdBy = null } = query;
    const page = { workspaceId: caller.workspaceId, before: beforeId(query.cursor), limit, createdBy };
    const rows = await this.store.inWorkspace(caller, (tx) => listApiKeys(tx, page));
    return pageById(rows, query.limit, keyOf);
  }

  async create(caller: Principal, input: NewApiKey): Promise<CreatedApiKey> {
    if (caller.actor.kind !== 'member') {
      throw new AppError(403, 'key.byKey', { detail: 'A key cannot make keys; sign in' });
    }
    const { expiresAt = new Date(Date.now() + usualDays * 86_400_000).toISOString() } = input;
    if (expiresAt !== null && new Date(expiresAt) <= new Date()) {
      throw new AppError(422, 'request.invalid', {
        detail: 'expiresAt lies in the past',
        errors: [{ path: 'expiresAt', code: 'key.past', message: 'lies in the past' }],
      });
    }
    const secret = `tl_${newToken()}`;
    const row = await this.store.inWorkspace(caller, async (tx) => {
      const made = await insertApiKey(tx, {
        workspaceId: caller.workspaceId,
        name: input.name,
        prefix: secret.slice(0, prefixLength),
        secretHash: hashToken(secret),
        scopes: [...new Set(input.scopes)],
        createdBy: caller.actor.id,
        expiresAt,
      });
      await recordAudit(tx, {
        ...auditActor(caller),
        act: 'apiKey.created',
        subject: { kind: 'apiKey', id: made.id },
        detail: { name: made.name, scopes: made.scopes },
      });
      return made;
    });
    return { ...keyOf(row), secret };
  }

  async revoke(caller: Principal, id: string): Promise<ApiKey> {
    const row = await this.store.inWorkspace(caller, async (tx) => {
      const revoked = await revokeApiKey(tx, caller.workspaceId, id);
      if (!revoked) throw notFound('apiKey');
      await recordAudit(tx, { ...auditActor(caller), act: 'apiKey.revoked', subject: { kind: 'apiKey', id } });
      return revoked;
    });
    await this.leftGates.mail(caller);
    this.authenticator.forget();
    return keyOf(row);
  }
}

function keyOf(row: ApiKeyRow): ApiKey {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scopes: row.scopes,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
  };
}
