import { defineConfig } from '@lingui/cli';
import { formatter } from '@lingui/format-po';

export default defineConfig({
  sourceLocale: 'en',
  locales: ['en'],
  catalogs: [{ path: '<rootDir>/dashboard/locales/{locale}', include: ['<rootDir>/dashboard/src'] }],
  format: formatter({ origins: false }),
});
