import { z } from 'zod';

/** Where the mail server is. */
export const smtpSettings = {
  SMTP_URL: z
    .string()
    .default('smtp://127.0.0.1:1025')
    .describe('mail server: smtp:// or smtps://, with user and password where needed'),
};
