import { databaseShape, readSettings } from '../../platform/config.ts';
import { setMailSender } from '../../platform/db/access/mail-sender.ts';
import { createDb } from '../../platform/db/core/pool.ts';
import { allowedSenders } from '../../worker/mail-trial.ts';
import { mailShape } from '../../worker/settings.ts';
import { CliError, say } from '../support/output.ts';

/** What a workspace shall have; what is left out is as the installation has it. */
export type SenderOptions = { from?: string; name?: string; replyTo?: string };

/** Sets from whom the mails of a workspace come. @throws CliError for an address that the settings do not allow, or no such workspace */
export async function setSender(slug: string, { from, name, replyTo }: SenderOptions): Promise<void> {
  const settings = readSettings({ ...databaseShape, ...mailShape });
  const senders = allowedSenders(settings).map(({ address }) => address.toLowerCase());
  for (const address of [from, replyTo]) {
    if (address !== undefined && !senders.includes(address.toLowerCase()))
      throw new CliError(`${address} is not among MAIL_FROM and MAIL_SENDERS: ${senders.join(', ')} are.`);
  }
  const owner = createDb(settings, 'tl_owner', 1);
  try {
    const sender = { from: from ?? null, name: name ?? null, replyTo: replyTo ?? null };
    if (!(await setMailSender(owner, slug, sender))) throw new CliError(`There is no workspace ${slug}.`);
  } finally {
    await owner.destroy();
  }
  const shown = name === undefined ? (from ?? senders[0]) : `${name} <${from ?? senders[0]}>`;
  say(`Mails of ${slug} come from ${shown}${replyTo === undefined ? '' : `; answers go to ${replyTo}`}.`);
}
