import { afterAll, expect, it } from 'vitest';
import { startDoubles } from '../../local/control/doubles.ts';
import { readSettings } from '../../platform/config.ts';
import { createModelRegistry } from '../../platform/models/model-registry.ts';
import { createProviders } from './create-providers.ts';
import { providerSettings } from './settings.ts';

const doubles = await startDoubles();
afterAll(() => doubles.stop());

it.each(['hubspot', 'salesforce'] as const)(
  'reaches every double with settings alone, the CRM being %s',
  async (kind) => {
    await doubles.control.reset();
    const providers = createProviders(
      readSettings(providerSettings, {
        SMTP_URL: doubles.urls.smtp,
        OPENAI_BASE_URL: doubles.urls.llm,
        CRM_KIND: kind,
        CRM_BASE_URL: doubles.urls.crm,
        STRIPE_BASE_URL: doubles.urls.payment,
      }),
    );
    const mail = {
      envelope: { from: 'us@example.com', to: 'a@example.com' },
      raw: Buffer.from('Subject: Hi\r\n\r\nHello\r\n'),
    };
    expect((await providers.email.send({ ...mail, fence: () => Promise.resolve(true) })).kind).toBe('sent');
    expect(
      await providers
        .llm(createModelRegistry({ LLM_MODELS: {}, LLM_UNPRICED: 'refuse' }))
        .serviceOf('stub-small')
        .models(1_000),
    ).toContain('stub-small');
    await providers.crm.upsertContact({
      externalId: 'c1',
      email: null,
      properties: { lastName: 'Silva' },
      idempotencyKey: 'k',
    });
    await providers.payment.createCheckout({
      enrollmentId: 'e1',
      amountMinor: 100,
      currency: 'eur',
      description: 'A course',
      successUrl: 'http://127.0.0.1/',
      idempotencyKey: 'k',
    });
    await providers.close();
    const counts = Object.entries(doubles.journals).map(([service, journal]) => [service, journal.entries().length]);
    expect(Object.fromEntries(counts)).toEqual({ mail: 1, llm: 0, crm: 1, payment: 1 });
  },
);
