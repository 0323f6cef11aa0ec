import { z } from 'zod';

/** Who writes. */
export const messagingSettings = {
  MAIL_FROM: z.string().default('Throughline <hello@throughline.test>').describe('sender of the mails'),
};
