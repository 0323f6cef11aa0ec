import { describe, expect, it } from 'vitest';
import { ConfigError, readSettings } from '../../platform/config.ts';
import { createProviders } from './create-providers.ts';
import { providerSettings } from './settings.ts';

/** The problems of a start with these settings; null where it goes well. */
function problems(given: Record<string, string>): string[] | null {
  try {
    createProviders(readSettings(providerSettings, given));
    return null;
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('the secrets of the local stand-ins (security 7)', () => {
  it.each([
    [{ OPENAI_BASE_URL: 'https://api.openai.com/v1' }, 'OPENAI_API_KEY'],
    [{ OPENAI_BASE_URL: 'http://ollama:11434/v1' }, 'OPENAI_API_KEY'],
    [{ OPENAI_BASE_URL: 'https://127.0.0.1.example.com/v1' }, 'OPENAI_API_KEY'],
    [{ CRM_BASE_URL: 'https://api.hubapi.com' }, 'CRM_TOKEN'],
    [{ CRM_KIND: 'salesforce', CRM_BASE_URL: 'https://x.my.salesforce.com', CRM_TOKEN: 'stub' }, 'CRM_TOKEN'],
    [{ STRIPE_BASE_URL: 'https://api.stripe.com' }, 'STRIPE_SECRET_KEY'],
    [{ STRIPE_BASE_URL: 'https://api.stripe.com', STRIPE_SECRET_KEY: 'sk_test_stub' }, 'STRIPE_SECRET_KEY'],
  ])('are refused beside a real address: %o', (given, secret) => {
    expect(problems(given)).toEqual([
      expect.stringMatching(new RegExp(`^${secret}: is that of the local stand-in; give`)),
    ]);
  });

  it('are refused all at once', () => {
    const given = {
      OPENAI_BASE_URL: 'https://a.example',
      CRM_BASE_URL: 'https://b.example',
      STRIPE_BASE_URL: 'https://c.example',
    };
    expect(problems(given)).toHaveLength(3);
  });

  it.each([
    [{}],
    [
      {
        OPENAI_BASE_URL: 'http://localhost:11434/v1',
        CRM_BASE_URL: 'http://[::1]:1',
        STRIPE_BASE_URL: 'http://127.0.0.1:2',
      },
    ],
    [{ OPENAI_BASE_URL: 'http://ollama:11434/v1', OPENAI_API_KEY: 'none' }],
    [{ STRIPE_BASE_URL: 'https://api.stripe.com', STRIPE_SECRET_KEY: 'sk_live_x' }],
    [
      {
        CRM_BASE_URL: 'https://api.hubapi.com',
        CRM_CLIENT_ID: 'id',
        CRM_CLIENT_SECRET: 's',
        CRM_REFRESH_TOKEN: 'r',
      },
    ],
  ])('are well on this machine, and real ones everywhere: %o', (given) => {
    expect(problems(given)).toBeNull();
  });
});
