import { defineRoute } from '../http/route.ts';
import { z } from 'zod';
import { MailHookAnswer, MailReporter, MailServiceName } from './mail-hooks-api.schema.ts';

/** What mail servers and mail services call. */
export const mailHookRoutes = {
  returned: defineRoute({
    method: 'POST',
    path: '/hooks/mail',
    summary: 'Takes in a mail that came back, as its bytes; the same mail counts once',
    access: 'public',
    answer: MailHookAnswer,
  }),
  service: defineRoute({
    method: 'POST',
    path: '/hooks/mail/:service',
    summary: 'Takes in what a mail service reports of mails; the same event counts once',
    access: 'public',
    params: { service: MailServiceName },
    answer: MailHookAnswer,
  }),
  ofWorkspace: defineRoute({
    method: 'POST',
    path: '/hooks/mail/:workspace/:reporter',
    summary:
      'Takes in a mail that came back, or what a mail service reports, of a workspace’s own mail server; the same counts once',
    access: 'public',
    params: { workspace: z.uuid(), reporter: MailReporter },
    answer: MailHookAnswer,
  }),
};
