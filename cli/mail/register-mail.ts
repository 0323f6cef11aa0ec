import type { Command } from 'commander';
import type { SenderOptions } from './mail-sender.ts';

/** `throughline mail test` and `mail sender`: whether mails get out, and from whom those of a workspace come. */
export function registerMail(program: Command): void {
  const mail = program.command('mail').description('the mails of an installation, for its operator');
  mail
    .command('test')
    .description(
      'look up the key of DKIM in the DNS, and send a mail if an address is given; needs the settings of a worker',
    )
    .argument('[address]', 'who gets a mail')
    .action(async (address: string | undefined) => {
      const { testMail } = await import('./test-mail.ts');
      await testMail(address ?? null);
    });
  mail
    .command('sender')
    .description(
      'set from whom the mails of a workspace come, out of MAIL_FROM and MAIL_SENDERS; without options as usual',
    )
    .argument('<slug>', 'the workspace')
    .option('--from <address>', 'the address in From and in the envelope')
    .option('--name <name>', 'the name that people read with it')
    .option('--reply-to <address>', 'where answers go')
    .action(async (slug: string, options: SenderOptions) => {
      const { setSender } = await import('./mail-sender.ts');
      await setSender(slug, options);
    });
}
