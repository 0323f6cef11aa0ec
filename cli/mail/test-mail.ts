import { readSettings } from '../../platform/config.ts';
import { checkDkimRecord, sendTrialMail } from '../../worker/mail-trial.ts';
import { mailShape } from '../../worker/settings.ts';
import { say } from '../support/output.ts';

/** Says what the DNS has, then what the mail server answered; a fault makes the exit code 1. */
export async function testMail(address: string | null): Promise<void> {
  const settings = readSettings(mailShape);
  const findings = [await checkDkimRecord(settings)];
  if (address !== null) findings.push(await sendTrialMail(settings, address));
  for (const { words } of findings) say(words);
  if (findings.some(({ isGood }) => !isGood)) process.exitCode = 1;
}
