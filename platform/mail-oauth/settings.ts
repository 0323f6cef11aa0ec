import { z } from 'zod';

/** How the installation signs in to its mail servers where they take no password: Microsoft 365 and Google Workspace. */
export const mailOauthSettings = {
  MAIL_OAUTH_TOKEN_URL: z
    .string()
    .default('')
    .describe(
      'where tokens are got for SMTP_USER and IMAP_USER where these have no password, by OAuth: https://login.microsoftonline.com/TENANT/oauth2/v2.0/token or https://oauth2.googleapis.com/token',
    ),
  MAIL_OAUTH_CLIENT_ID: z.string().default('').describe('client id of the app that is registered there'),
  MAIL_OAUTH_CLIENT_SECRET: z.string().default('').describe('its client secret'),
  MAIL_OAUTH_REFRESH_TOKEN: z
    .string()
    .default('')
    .describe('a refresh token of it for that user; without one the app signs in by itself (client credentials)'),
  MAIL_OAUTH_SCOPE: z
    .string()
    .default('')
    .describe(
      'what the tokens are good for, which an app needs that signs in by itself, such as https://outlook.office365.com/.default',
    ),
};

/** Those settings, parsed. */
export type MailOauthSettings = z.infer<z.ZodObject<typeof mailOauthSettings>>;
