import { describe, expect, it } from 'vitest';
import { ConfigError, readSettings } from '../config.ts';
import { mailOauthSettings } from './settings.ts';
import { settingsTokens } from './settings-tokens.ts';

const app = {
  MAIL_OAUTH_TOKEN_URL: 'https://login.microsoftonline.com/tenant/oauth2/v2.0/token',
  MAIL_OAUTH_CLIENT_ID: 'app',
  MAIL_OAUTH_CLIENT_SECRET: 's',
};
const read = (given: Record<string, string>) => settingsTokens(readSettings(mailOauthSettings, given));

describe('the settings of a sign-in by tokens', () => {
  it.each([
    [null, {}],
    [expect.anything(), { ...app, MAIL_OAUTH_SCOPE: 'https://outlook.office365.com/.default' }],
    [expect.anything(), { ...app, MAIL_OAUTH_REFRESH_TOKEN: 'refresh' }],
    [expect.anything(), { ...app, MAIL_OAUTH_TOKEN_URL: 'http://127.0.0.1:4000/token', MAIL_OAUTH_SCOPE: 'mail' }],
  ])('come to %o', (expected, given) => {
    expect(read(given)).toEqual(expected);
  });

  it.each([
    ['MAIL_OAUTH_CLIENT_SECRET: is needed', { ...app, MAIL_OAUTH_CLIENT_SECRET: '' }],
    ['MAIL_OAUTH_TOKEN_URL: is needed', { MAIL_OAUTH_REFRESH_TOKEN: 'refresh' }],
    ['MAIL_OAUTH_SCOPE: an app without', app],
    [
      'MAIL_OAUTH_TOKEN_URL: give an https',
      { ...app, MAIL_OAUTH_SCOPE: 's', MAIL_OAUTH_TOKEN_URL: 'http://a.example' },
    ],
    ['MAIL_OAUTH_TOKEN_URL: give an https', { ...app, MAIL_OAUTH_SCOPE: 's', MAIL_OAUTH_TOKEN_URL: 'tenant' }],
  ])('are refused at the start: %s', (words, given) => {
    expect(() => read(given)).toThrow(ConfigError);
    expect(() => read(given)).toThrow(words);
  });
});
