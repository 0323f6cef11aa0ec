import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { lazy } from 'react';
import { fetchCode } from '../api/http/code.ts';
import { KeysProvider } from '../ui/keys/keys.tsx';
import { Late } from '../ui/late.tsx';
import { styleNonce } from './nonce.ts';
import { queryClient } from './query-client.ts';
import { router } from './router.tsx';
import { resolveVariables, theme } from './theme.ts';

// Nothing has to be announced before the first render.
const Notifications = lazy(async () => ({
  default: (await fetchCode(() => import('@mantine/notifications'))).Notifications,
}));

/** The whole dashboard inside what its pages use: words, theme, data, keys, addresses. */
export function Providers() {
  return (
    <I18nProvider i18n={i18n}>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={resolveVariables}
        defaultColorScheme="auto"
        getStyleNonce={styleNonce}
        deduplicateInlineStyles
      >
        <QueryClientProvider client={queryClient}>
          <KeysProvider>
            <RouterProvider router={router} />
          </KeysProvider>
          <Late>
            <Notifications position="top-center" containerWidth={360} />
          </Late>
        </QueryClientProvider>
      </MantineProvider>
    </I18nProvider>
  );
}
