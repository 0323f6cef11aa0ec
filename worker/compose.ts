import { createBatchKind } from '../activities/documents/batch.kind.ts';
import { createDocumentsActivities } from '../activities/documents/documents.activities.ts';
import { createEnrollmentKind } from '../activities/courses/enrollment.kind.ts';
import { createPaymentOf } from '../activities/courses/payment-of-workspace.ts';
import { createPaymentActivities } from '../activities/courses/payment.activities.ts';
import { createSeatActivities } from '../activities/courses/seats.activities.ts';
import { createContactActivities } from '../activities/contacts/contact.activities.ts';
import { createCrmOf } from '../activities/crm/crm-of-workspace.ts';
import { createCrmActivities } from '../activities/crm/crm.activities.ts';
import { createJourneyKind } from '../activities/journeys/journey.kind.ts';
import { createModelActivities } from '../activities/models/model.activities.ts';
import { createModelThrottles } from '../activities/models/model-throttle.ts';
import { createModelsOf } from '../activities/models/models-of-workspace.ts';
import { createTryModel, type TryModel } from '../activities/models/try-model.ts';
import { mailGate } from '../activities/messaging/mail-gate.ts';
import { createMailOf } from '../activities/messaging/mail-of-workspace.ts';
import { mailPasswordReset } from '../activities/messaging/mail-password-reset.ts';
import { mailTest } from '../activities/messaging/mail-test.ts';
import { mailSigning } from '../activities/messaging/mail-signing.ts';
import { createMessagingActivities, type MessagingDeps } from '../activities/messaging/messaging.activities.ts';
import type { RunKind } from '../activities/engine/run-kind.ts';
import { createProviders } from '../activities/providers/create-providers.ts';
import { keyRefusal } from '../platform/stripe/key-refusal.ts';
import { callTimeoutMs } from '../activities/providers/provider.ts';
import type { ActionActivities } from '../contracts/core/engine.ts';
import type { RunKindName } from '../contracts/runs/run-kinds.schema.ts';
import type { PasswordReset } from '../platform/db/access/password-resets.ts';
import type { TestMail } from '../platform/db/access/test-mails.ts';
import type { GateToMail } from '../platform/db/gates/gate-mails.ts';
import type { KeySource } from '../platform/db/keys/master-keys.ts';
import type { Db } from '../platform/db/core/pool.ts';
import { createModelRegistry } from '../platform/models/model-registry.ts';
import { createObjectStore } from '../platform/objects/create-store.ts';
import type { ObjectStore } from '../platform/objects/file-store.ts';
import { createRenderPool } from '../platform/render/render-pool.ts';
import { mailboxConfig } from '../platform/mail-reports/returned-mailbox/mailbox-config.ts';
import { readReturned, takeReports } from '../platform/mail-reports/take-reports.ts';
import type { ReturnedMails } from './background/returned-mails.ts';
import type { WorkerConfig } from './settings.ts';

/** Everything a worker can run, with the outside services behind it. `close()` ends the connections to them. */
export type Work = {
  kinds: Record<RunKindName, RunKind>;
  actions: ActionActivities;
  objects: ObjectStore;
  /** Sends the mails about one open gate. */
  mailGate(gate: GateToMail): Promise<void>;
  /** Mails the link for a new password. @returns whether nothing is left to do */
  mailPasswordReset(asked: PasswordReset): Promise<boolean>;
  /** The mailbox of returned mails, and what takes them in. */
  returnedMails: ReturnedMails;
  /** Sends a test mail. */
  mailTest(asked: TestMail): Promise<void>;
  /** Why payments fail with the key of the settings; null where they do not. */
  paymentKeyRefusal(): Promise<string | null>;
  /** Tries a model of a workspace. */
  tryModel: TryModel;
  close(): Promise<void>;
};

/** Makes the adapters from the settings and gives them to the activities of every area. `db` is the app role's, `keys` gives the master keys. */
export function composeWork(config: WorkerConfig, db: Db, keys: KeySource): Work {
  const providers = createProviders(config);
  const { senders, signing } = mailSigning(config);
  const { email, crm, payment } = providers;
  const installationMail = { email, signing, senders, returnPath: config.MAIL_RETURN_PATH };
  const mails = createMailOf({ db, keys, config, installation: installationMail });
  const messaging: MessagingDeps = {
    db,
    mailOf: mails.mailOf,
    installation: installationMail,
    publicUrl: config.PUBLIC_URL,
    keys,
  };
  const renders = createRenderPool();
  const models = createModelRegistry(config);
  const installation = { models, llm: providers.llm(models), throttles: createModelThrottles() };
  const modelsOf = createModelsOf({ db, keys, config, installation });
  const objects = createObjectStore(config);
  return {
    kinds: {
      journey: createJourneyKind(),
      enrollment: createEnrollmentKind({ publicUrl: config.PUBLIC_URL, keys }),
      batch: createBatchKind(),
    },
    actions: {
      ...createMessagingActivities(messaging),
      ...createModelActivities({ db, modelsOf, model: config.LLM_MODEL }),
      ...createCrmActivities({ db, crmOf: createCrmOf({ db, keys, config, installation: crm }) }),
      ...createContactActivities({ db }),
      ...createSeatActivities({ db }),
      ...createDocumentsActivities({ db, objects, modelsOf, renders }),
      ...createPaymentActivities({
        db,
        paymentOf: createPaymentOf({ keys, config, installation: payment }),
        publicUrl: config.PUBLIC_URL,
      }),
    },
    objects,
    mailGate: (gate) => mailGate(messaging, gate),
    mailPasswordReset: (asked) => mailPasswordReset(messaging, asked),
    mailTest: (asked) => mailTest(messaging, asked),
    returnedMails: {
      mailbox: mailboxConfig(config),
      async take(raw) {
        const known = await keys();
        return takeReports(db, known, await readReturned(known, raw));
      },
    },
    paymentKeyRefusal: () =>
      keyRefusal({ baseUrl: config.STRIPE_BASE_URL, secretKey: config.STRIPE_SECRET_KEY, timeoutMs: callTimeoutMs }),
    tryModel: createTryModel({ of: { db, keys, config }, llm: providers.llm, models }),
    async close() {
      await Promise.all([providers.close(), mails.close(), renders.close()]);
    },
  };
}
