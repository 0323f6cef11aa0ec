import { isLoopbackHost } from '../../platform/models/own-address.ts';

/** What the stand-ins of the local stack take for a secret: the defaults of the settings, so everybody knows them. */
const stubs = [
  { secret: 'OPENAI_API_KEY', stub: 'stub', address: 'OPENAI_BASE_URL', hint: 'or none where it asks for no key' },
  {
    secret: 'CRM_TOKEN',
    stub: 'stub',
    address: 'CRM_BASE_URL',
    hint: 'or leave CRM_BASE_URL out',
    // A connected app needs no token.
    instead: 'CRM_REFRESH_TOKEN',
  },
  {
    secret: 'STRIPE_SECRET_KEY',
    stub: 'sk_test_stub',
    address: 'STRIPE_BASE_URL',
    hint: 'or leave STRIPE_BASE_URL out',
  },
] as const;

type Named = (typeof stubs)[number]['secret' | 'address'] | 'CRM_REFRESH_TOKEN';

/** Where the secret of a stand-in would go to a service that is none, since it is elsewhere: a line for each setting. */
export function stubProblems(settings: Readonly<Record<Named, string>>): string[] {
  return stubs
    .filter((each) => settings[each.secret] === each.stub && !isOnLoopback(settings[each.address]))
    .filter((each) => !('instead' in each) || settings[each.instead] === '')
    .map(({ secret, address, hint }) => {
      const { host } = new URL(settings[address]);
      return `${secret}: is that of the local stand-in; give the one of ${host}, ${hint}`;
    });
}

function isOnLoopback(address: string): boolean {
  return isLoopbackHost(new URL(address).hostname);
}
