import { LRUCache } from 'lru-cache';
import { type Permission, permissions, permissionsOf, type Role, roles } from '../../../contracts/access/access.ts';
import { findApiKey } from '../../../platform/db/access/api-keys.ts';
import type { Db } from '../../../platform/db/core/pool.ts';
import { findSession } from '../../../platform/db/access/sessions.ts';
import { hashToken } from '../../../platform/tokens.ts';
import { type CookieConfig, sessionToken } from './cookies.ts';
import type { ApiRequest, Principal } from './principal.ts';

type Known = Omit<Principal, 'requestId'>;

/** What is given the credentials that are looked up. */
type Looks = { before(): void; nobody(): void };

/** How long a looked-up key or session is trusted: a revocation made by another process takes effect within this time. */
const believedMs = 3_000;
/** Callers remembered; the one not seen for longest goes first. */
const maxRemembered = 5_000;

const bearer = /^Bearer (tl_[\w-]{20,200})$/i;

/** Finds out who sends a request, from its bearer key or its session cookie. */
export class Authenticator {
  private readonly remembered = new LRUCache<string, { known: Known | null }>({ max: maxRemembered });

  private readonly open = new Set<() => void>();

  constructor(
    private readonly db: Db,
    private readonly config: CookieConfig,
  ) {}

  /**
   * The caller of a request, by its key or else its cookie; null for an unknown or expired one. `looks.before` is called before a credential is
   * looked up, and may refuse that by throwing; `looks.nobody` where it was looked up in vain.
   */
  async identify(request: Pick<ApiRequest, 'headers' | 'cookies'>, looks?: Looks): Promise<Known | null> {
    const { authorization } = request.headers;
    const secret = bearer.exec(authorization ?? '')?.[1];
    const token = authorization === undefined ? sessionToken(request, this.config) : undefined;
    const known = secret ? await this.byKey(secret, looks) : token ? await this.bySession(token, looks) : null;
    return known && (known.expiresAt === null || known.expiresAt > new Date()) ? known : null;
  }

  /** The caller of an API key; null for one that is unknown, revoked or expired. */
  async byKey(secret: string, looks?: Looks): Promise<Known | null> {
    return this.remember(`key ${secret}`, looks, async () => {
      const key = await findApiKey(this.db, hashToken(secret));
      if (!key) return null;
      // A key may do what its maker may do now, and no more.
      const ofMaker = key.creatorRoles ? permissionsOf(key.creatorRoles) : new Set(permissions);
      return {
        workspaceId: key.workspaceId,
        actor: { kind: 'apiKey', id: key.id, name: key.name },
        roles: roles.filter((role) => key.scopes.includes(`role:${role}`) && mayGive(key.creatorRoles, role)),
        permissions: new Set<Permission>(
          permissions.filter((permission) => ofMaker.has(permission) && key.scopes.includes(permission)),
        ),
        createdBy: key.createdBy,
        session: null,
        expiresAt: key.expiresAt,
      };
    });
  }

  /** The caller of a session cookie; null for one that is over. */
  async bySession(token: string, looks?: Looks): Promise<Known | null> {
    return this.remember(`session ${token}`, looks, async () => {
      const tokenHash = hashToken(token);
      const session = await findSession(this.db, tokenHash);
      if (!session) return null;
      return {
        workspaceId: session.workspaceId,
        actor: { kind: 'member', id: session.memberId, name: session.name },
        roles: session.roles satisfies Role[],
        permissions: permissionsOf(session.roles),
        createdBy: null,
        session: { tokenHash, personId: session.personId, expiresAt: session.expiresAt },
        expiresAt: session.expiresAt,
      };
    });
  }

  /** Forgets all callers: rights have changed in this process. What is open for a caller looks again who that is. */
  forget(): void {
    this.remembered.clear();
    for (const look of this.open) look();
  }

  /** Has `look` called whenever rights change in this process. @returns what ends that */
  onForget(look: () => void): () => void {
    this.open.add(look);
    return () => this.open.delete(look);
  }

  private async remember(
    credential: string,
    looks: Looks | undefined,
    look: () => Promise<Known | null>,
  ): Promise<Known | null> {
    const id = hashToken(credential).toString('base64');
    const found = this.remembered.get(id);
    if (found) return found.known;
    const from = performance.now();
    looks?.before();
    const known = await look();
    if (known === null) looks?.nobody();
    this.remembered.set(id, { known }, { ttl: believedMs, start: from });
    return known;
  }
}

/** Whether the maker of a key may have it decide for a role: an admin may for each, another one for their own. Null: the operator made it. */
function mayGive(maker: readonly Role[] | null, role: Role): boolean {
  return maker === null || maker.includes('admin') || maker.includes(role);
}
