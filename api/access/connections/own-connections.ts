import type { z } from 'zod';
import {
  type ConnectionCredentials,
  type ConnectionService,
  type ConnectionTest,
  credentialsOf,
  type PaymentsByKeys,
} from '../../../contracts/access/connections-api.schema.ts';
import { mailHookRoutes } from '../../../contracts/contacts/mail-hooks.routes.ts';
import { hookRoutes } from '../../../contracts/courses/hooks.routes.ts';
import { addressOf } from '../../../contracts/http/route.ts';
import {
  CRM_SECRET,
  crmBaseUrl,
  crmPlace,
  openCrmConnection,
  UNREADABLE_CRM,
} from '../../../platform/connections/crm-connection.ts';
import {
  MAIL_SECRET,
  mailServerFault,
  openMailServer,
  storedMailServer,
  storedMailTokens,
  UNREADABLE_MAIL,
} from '../../../platform/connections/mail-connection.ts';
import { probeMailServer } from '../../../platform/connections/mail-probe.ts';
import { probeCrm } from '../../../platform/connections/crm-probe.ts';
import type { Opened } from '../../../platform/connections/open-credentials.ts';
import {
  openPaymentKeys,
  PAYMENT_SECRET,
  stripeBaseUrl,
  UNREADABLE_PAYMENT,
  withKeysBefore,
} from '../../../platform/connections/payment-connection.ts';
import { storedRefreshTokens } from '../../../platform/connections/stored-refresh-token.ts';
import { holdSecret } from '../../../platform/db/access/secrets.ts';
import type { Tx } from '../../../platform/db/core/workspace.ts';
import { paymentsByOwnKeys } from '../../../platform/db/courses/payments.ts';
import type { KeySource } from '../../../platform/db/keys/master-keys.ts';
import type { MasterKeys } from '../../../platform/keys/master-keys.ts';
import { keyRefusal } from '../../../platform/stripe/key-refusal.ts';
import { invalid } from '../../http/errors/app-error.ts';
import { readBody } from '../../http/request/raw-body.ts';
import type { Store } from '../../http/store.ts';
import type { ApiConfig } from '../../settings.ts';

/** What is done with credentials of a workspace's own for one service. */
export type OwnConnection = {
  secret: string;
  /** What is to be stored of what a person has given, and what may be shown of it. @throws AppError 422 where it is of another service */
  seal(tx: Tx, keys: MasterKeys, workspaceId: string, given: unknown): Promise<{ value: string; shown: string }>;
  /** What kind of credentials is stored; `unreadable` where they cannot be opened, null where there are none. */
  kind(tx: Tx, keys: MasterKeys, workspaceId: string): Promise<string | null>;
  /** Prepares a real call by what is stored; null where nothing is. */
  test(tx: Tx, keys: MasterKeys, workspaceId: string): Promise<(() => Promise<ConnectionTest>) | null>;
  /** Where the service is to send its reports; null where it sends none. */
  reportsTo(workspaceId: string): string | null;
  /** The payments that need what is stored; null where the service is not about payments. */
  payments(tx: Tx, workspaceId: string): Promise<PaymentsByKeys | null>;
};

/** What the connections are made of. */
export type OwnConnectionDeps = { store: Store; keys: KeySource; config: ApiConfig };

/** The connections by their service. */
export function ownConnections(deps: OwnConnectionDeps): Readonly<Record<ConnectionService, OwnConnection>> {
  return { crm: crm(deps), email: email(deps), payment: payment(deps) };
}

function crm({ store, keys, config }: OwnConnectionDeps): OwnConnection {
  return own({
    secret: CRM_SECRET,
    unreadable: UNREADABLE_CRM,
    schema: credentialsOf.crm,
    open: openCrmConnection,
    stored: (given) => given,
    shown: (given) => ('token' in given ? given.token : given.refreshToken),
    test: (credentials, workspaceId) =>
      probeCrm({
        credentials,
        baseUrl: crmBaseUrl(credentials, config),
        refreshTokens: (app) => storedRefreshTokens({ db: store.app, keys, workspaceId }, crmPlace, app),
      }),
    reportsTo: () => null,
  });
}

function email({ store, keys, config }: OwnConnectionDeps): OwnConnection {
  return own({
    secret: MAIL_SECRET,
    unreadable: UNREADABLE_MAIL,
    schema: credentialsOf.email,
    open: openMailServer,
    stored(given) {
      const fault = mailServerFault(given, config);
      if (fault !== null)
        throw invalid('connection.invalid', [
          { path: fault.path, code: 'connection.mailServer', message: fault.words },
        ]);
      return storedMailServer(given);
    },
    // Of the password nothing: a person may have made it up.
    shown: ({ user }) => user ?? '',
    test: (given, workspaceId) =>
      probeMailServer(given, config, storedMailTokens({ db: store.app, keys, workspaceId })),
    reportsTo: (workspace) =>
      `${config.PUBLIC_URL}${addressOf(mailHookRoutes.ofWorkspace, { workspace, reporter: 'returned' })}`,
  });
}

/** The time-out of each call to Stripe while a person waits for the test. */
const stripeTimeoutMs = 10_000;

function payment({ config }: OwnConnectionDeps): OwnConnection {
  return own({
    secret: PAYMENT_SECRET,
    unreadable: UNREADABLE_PAYMENT,
    schema: credentialsOf.payment,
    open: openPaymentKeys,
    stored: withKeysBefore,
    keepsBefore: true,
    payments: paymentsByOwnKeys,
    shown: ({ secretKey }) => secretKey,
    async test({ secretKey }) {
      const access = { baseUrl: stripeBaseUrl(config), secretKey, timeoutMs: stripeTimeoutMs };
      const refusal = await keyRefusal(access, 'this key');
      if (refusal !== null) return { isWell: false, message: refusal };
      return { isWell: true, message: 'Stripe takes the key, and it may do all that payments need.' };
    },
    reportsTo: (workspaceId) => `${config.PUBLIC_URL}${addressOf(hookRoutes.stripeOf, { workspace: workspaceId })}`,
  });
}

/** The parts of a connection that differ from service to service. `Stored` may hold more than a person has given. */
type Parts<Given extends ConnectionCredentials, Stored extends { kind: string }> = {
  secret: string;
  unreadable: string;
  schema: z.ZodType<Given>;
  open(tx: Tx, keys: MasterKeys, workspaceId: string): Promise<Opened<Stored>>;
  stored(given: Given, known: Stored | null): Stored;
  /** What is stored holds what was there before: of two who set it at once, the second waits for the first. */
  keepsBefore?: true;
  shown(given: Given): string;
  test(stored: Stored, workspaceId: string): Promise<ConnectionTest>;
  reportsTo(workspaceId: string): string | null;
  payments?: OwnConnection['payments'];
};

function own<Given extends ConnectionCredentials, Stored extends { kind: string }>(
  parts: Parts<Given, Stored>,
): OwnConnection {
  return {
    secret: parts.secret,
    reportsTo: parts.reportsTo,
    payments: parts.payments ?? (() => Promise.resolve(null)),
    async seal(tx, keys, workspaceId, body) {
      const given = readBody(parts.schema, body);
      if (parts.keepsBefore) await holdSecret(tx, { workspaceId, name: parts.secret });
      const found = await parts.open(tx, keys, workspaceId);
      const known = found === null || found === 'unreadable' ? null : found.credentials;
      return { value: JSON.stringify(parts.stored(given, known)), shown: parts.shown(given) };
    },
    async kind(tx, keys, workspaceId) {
      const found = await parts.open(tx, keys, workspaceId);
      return found === null || found === 'unreadable' ? found : found.credentials.kind;
    },
    async test(tx, keys, workspaceId) {
      const found = await parts.open(tx, keys, workspaceId);
      if (found === null) return null;
      if (found === 'unreadable') return () => Promise.resolve({ isWell: false, message: parts.unreadable });
      return () => parts.test(found.credentials, workspaceId);
    },
  };
}
