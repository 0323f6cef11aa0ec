import { createDb, patience } from '../../platform/db/core/pool.ts';
import { masterKeys } from '../../platform/keys/master-keys.ts';
import { createLogger } from '../../platform/log.ts';
import type { MailboxConfig } from '../../platform/mail-reports/returned-mailbox/mailbox-config.ts';
import { readReturned, takeReports } from '../../platform/mail-reports/take-reports.ts';
import { createReturnedMailsTask } from '../../worker/background/returned-mails.ts';

// Reads a mailbox until it has taken in one mail, says so, and stands still before it marks it: for tests that kill the process there.
const { config, mailbox } = JSON.parse(process.argv[2] ?? '') as {
  config: { DATABASE_URL: string; THROUGHLINE_KEY: string };
  mailbox: MailboxConfig;
};
const keys = masterKeys(config);
const db = createDb(config, 'tl_app', 1, patience.activity);
const pass = createReturnedMailsTask({
  db: createDb(config, 'tl_system', 1, patience.activity),
  process: `reading ${process.pid}`,
  log: createLogger({ name: 'reading', level: 'fatal' }),
  returnedMails: {
    mailbox,
    async take(raw) {
      await takeReports(db, keys, await readReturned(keys, raw));
      process.stdout.write('taken');
      return new Promise(() => undefined);
    },
  },
});
await pass(new AbortController().signal);
