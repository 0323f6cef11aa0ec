import type { StatedPayment } from '../../contracts/core/providers.ts';
import {
  disagreements,
  totalsOf,
  type Disagreement,
  type MoneyTotal,
} from '../../domain/courses/money/compare-books.ts';
import { money } from '../../domain/words/amounts.ts';
import { type Config, readSettings } from '../../platform/config.ts';
import {
  openPaymentKeys,
  PAYMENT_SECRET,
  type StoredStripe,
  type StripeAddressConfig,
  UNREADABLE_PAYMENT,
} from '../../platform/connections/payment-connection.ts';
import { workspacesWithSecret } from '../../platform/db/access/secrets.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import { inTransaction } from '../../platform/db/core/workspace.ts';
import { readBooks } from '../../platform/db/courses/money-books.ts';
import { createKeySource } from '../../platform/db/keys/master-keys.ts';
import { hasAccount } from '../../platform/stripe/mode.ts';
import { ownPaymentStatement, paymentStatement } from '../../worker/payment-statement.ts';
import { paymentShape, type PaymentSettings } from '../../worker/settings.ts';
import { asOperator } from '../support/operator.ts';
import { CliError, say, sentence } from '../support/output.ts';
import { table } from '../support/table.ts';

/** What `throughline check money` takes: one workspace instead of all, the books alone, the answer as JSON. */
export type CheckMoneyOptions = { workspace?: string; service: boolean; json?: true };

/** Says what money came, went and stands, and where two records of it disagree; then the exit code is 1. @throws CliError, ConfigError */
export async function checkMoney({ workspace, service, json }: CheckMoneyOptions): Promise<void> {
  await asOperator('tl_system', async (system, config) => {
    const books = await inTransaction(system, (tx) => readBooks(tx, workspace ?? null));
    if (books === null) throw new CliError(`There is no workspace ${workspace}.`);
    const settings = service && books.since !== null ? readSettings(paymentShape) : null;
    const own = settings ? await ownAccounts(system, config, workspace ?? null) : [];
    const statement =
      settings && books.since !== null ? await statementOf({ ...config, ...settings }, own, books.since) : null;
    const currencies = totalsOf(books.enrollments);
    const found = disagreements(books.enrollments, statement);
    if (found.length > 0) process.exitCode = 1;
    const comparedWith = settings?.STRIPE_BASE_URL ?? null;
    if (json)
      return say(
        JSON.stringify({ currencies, comparedWith, ownAccounts: own.map(({ slug }) => slug), disagreements: found }),
      );
    table([['currency', 'came', 'went', 'stands', 'under way', 'owed'], ...currencies.map(rowOf)]).forEach(say);
    if (found.length > 0)
      table([['workspace', 'enrollment', 'payment', 'one says', 'other says', 'what'], ...found.map(lineOf)]).forEach(
        say,
      );
    const others = own.length === 0 ? '' : ` and the own accounts of ${own.map(({ slug }) => slug).join(', ')}`;
    const compared =
      comparedWith === null ? 'not compared with the payment service' : `compared with ${comparedWith}${others}`;
    say(`${books.enrollments.length} enrollment(s) with a checkout, ${compared}: ${found.length} disagreement(s).`);
  });
}

/** A workspace with an account of its own. */
type OwnAccount = { slug: string; keys: StoredStripe };

/** @throws CliError where the keys of one cannot be opened */
async function ownAccounts(system: Db, config: Config, workspace: string | null): Promise<OwnAccount[]> {
  const keys = await createKeySource(system, config)();
  return inTransaction(system, async (tx) => {
    const accounts: OwnAccount[] = [];
    for (const { workspaceId, slug } of await workspacesWithSecret(tx, PAYMENT_SECRET, workspace)) {
      const found = await openPaymentKeys(tx, keys, workspaceId);
      if (found === 'unreadable') throw new CliError(`${slug}: ${UNREADABLE_PAYMENT} ${alone}`);
      if (found !== null) accounts.push({ slug, keys: found.credentials });
    }
    return accounts;
  });
}

const alone = '--no-service adds up the books alone.';

/** What all accounts have of payments, each once. */
async function statementOf(
  settings: PaymentSettings & StripeAddressConfig,
  own: readonly OwnAccount[],
  since: string,
): Promise<StatedPayment[]> {
  const hint = 'It is at STRIPE_BASE_URL and asked with STRIPE_SECRET_KEY;';
  const found = hasAccount(settings) || own.length === 0 ? await orSay(paymentStatement(settings, since), hint) : [];
  for (const { slug, keys } of own) {
    const asked = `It was asked with the keys that ${slug} has connected;`;
    found.push(...(await orSay(ownPaymentStatement(keys, settings, since), asked)));
  }
  return [...new Map(found.map((each) => [each.paymentIntent, each])).values()];
}

async function orSay(statement: Promise<StatedPayment[]>, hint: string): Promise<StatedPayment[]> {
  try {
    return await statement;
  } catch (error) {
    throw new CliError(`${sentence(error)} ${hint} ${alone}`);
  }
}

function rowOf({ currency, cameMinor, wentMinor, standsMinor, underWayMinor, owedMinor }: MoneyTotal): string[] {
  return [
    currency,
    ...[cameMinor, wentMinor, standsMinor, underWayMinor, owedMinor].map((each) => money(each, currency)),
  ];
}

function lineOf({
  workspace,
  enrollmentId,
  paymentIntent,
  currency,
  problem,
  hereMinor,
  thereMinor,
}: Disagreement): string[] {
  return [
    workspace,
    enrollmentId,
    paymentIntent,
    money(hereMinor, currency),
    money(thereMinor, currency),
    `${problem}: ${words[problem]}`,
  ];
}

/** What each problem is; the books are the first to say, then the enrollment or the payment service. */
const words: Record<Disagreement['problem'], string> = {
  notTaken: 'it is in the books, and its enrollment has not taken it',
  notBooked: 'its enrollment has taken it, and it is not in the books',
  backNotTaken: 'the books and the enrollment differ in what went back',
  unknownThere: 'it is in the books, and the payment service does not know it',
  unknownHere: 'it came at the payment service, and is not in the books',
  otherAmountThere: 'another amount or currency came at the payment service',
  otherBackThere: 'the books and the payment service differ in what went back',
};
