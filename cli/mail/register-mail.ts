import type { Command } from 'commander';

/** `throughline mail test`: whether the mail server and the DNS are as the settings have them. */
export function registerMail(program: Command): void {
  program
    .command('mail')
    .description('the mails of an installation, for its operator')
    .command('test')
    .description(
      'look up the key of DKIM in the DNS, and send a mail if an address is given; needs the settings of a worker',
    )
    .argument('[address]', 'who gets a mail')
    .action(async (address: string | undefined) => {
      const { testMail } = await import('./test-mail.ts');
      await testMail(address ?? null);
    });
}
