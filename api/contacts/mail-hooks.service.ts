import { Inject, Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import type { MailHookAnswer, MailReporter, MailServiceName } from '../../contracts/contacts/mail-hooks-api.schema.ts';
import { mailHooksOf, openMailServer, UNREADABLE_MAIL } from '../../platform/connections/mail-connection.ts';
import type { KeySource } from '../../platform/db/keys/master-keys.ts';
import { requireSecret } from '../../platform/mail-reports/hook-secret.ts';
import { type HookCall, HookRefused, type ReadCall } from '../../platform/mail-reports/mail-service.ts';
import { mailServices } from '../../platform/mail-reports/mail-services.ts';
import { readReturned, takeReports } from '../../platform/mail-reports/take-reports.ts';
import { type MailHookSettings, noMailHooks } from '../../platform/mail-reports/settings.ts';
import { AppError } from '../http/errors/app-error.ts';
import { CONFIG, KEYS } from '../http/parts.ts';
import { RequestMetrics } from '../http/request-metrics.ts';
import { Store } from '../http/store.ts';
import type { ApiConfig } from '../settings.ts';

/**
 * Takes in what became of mails: believed first, each event stored once, and only then acknowledged. What is of no mail of ours is acknowledged
 * too: a refusal would have it sent again for hours, and the hook shut in the end.
 */
@Injectable()
export class MailHooksService {
  private readonly reports: Counter;

  constructor(
    @Inject(CONFIG) private readonly config: ApiConfig,
    @Inject(KEYS) private readonly keys: KeySource,
    private readonly store: Store,
    metrics: RequestMetrics,
  ) {
    this.reports = new Counter({
      name: 'throughline_mail_reports',
      help: 'Events of mail servers and mail services, by what became of them',
      labelNames: ['source', 'verdict'],
      registers: [metrics.registry],
    });
  }

  async returned(call: HookCall): Promise<MailHookAnswer> {
    return this.take('returned', call, { settings: this.config });
  }

  async service(service: MailServiceName, call: HookCall): Promise<MailHookAnswer> {
    return this.take(service, call, { settings: this.config });
  }

  /** Reports to a workspace are believed by what its own connection says, and speak of its own mails alone, whatever they name. */
  async ofWorkspace(workspaceId: string, reporter: MailReporter, call: HookCall): Promise<MailHookAnswer> {
    const keys = await this.keys();
    const own = await this.store.inWorkspace({ workspaceId }, (tx) => openMailServer(tx, keys, workspaceId));
    if (own === 'unreadable') throw refusal(new HookRefused('mailHook.notConfigured', UNREADABLE_MAIL));
    const settings = own === null ? noMailHooks : mailHooksOf(own.credentials);
    return this.take(reporter, call, { settings, workspaceId });
  }

  private async take(reporter: MailReporter, call: HookCall, by: BelievedBy): Promise<MailHookAnswer> {
    const { settings, workspaceId } = by;
    const keys = await this.keys();
    const read = async (): Promise<ReadCall> => {
      if (reporter !== 'returned') return mailServices[reporter].read(call, { keys, settings });
      requireSecret(call, 'MAIL_HOOK_SECRET', settings.MAIL_HOOK_SECRET);
      return readReturned(keys, call.body);
    };
    const held = await read().catch((error: unknown) => {
      throw error instanceof HookRefused ? refusal(error, workspaceId) : error;
    });
    const answer = await takeReports(this.store.app, keys, held, workspaceId);
    const source = reporter === 'returned' ? 'mail' : reporter;
    for (const [verdict, count] of Object.entries(answer)) this.reports.inc({ source, verdict }, count);
    return answer;
  }
}

/** What a call is believed by, and whose mails it may speak of: those of `workspaceId` alone, where it is given. */
type BelievedBy = { settings: MailHookSettings; workspaceId?: string };

/** The words name settings of the installation; in a workspace, its connection has what they are about. */
const wordsOfWorkspace: Partial<Record<HookRefused['code'], string>> = {
  'mailHook.notConfigured':
    'This workspace’s mail connection has nothing to believe this hook by: connect its mail server with the secret, the topic or the key of these reports.',
  'mailHook.badSignature':
    'The call does not bring or is not signed by what this workspace’s mail connection has for these reports.',
};

function refusal({ code, message }: HookRefused, workspaceId?: string): AppError {
  const detail = (workspaceId === undefined ? undefined : wordsOfWorkspace[code]) ?? message;
  switch (code) {
    case 'mailHook.notConfigured':
      return new AppError(503, code, { detail, retryAfterSeconds: 3_600 });
    case 'mailHook.badSignature':
      return new AppError(401, code, { detail });
    case 'mailHook.badBody':
      return new AppError(400, code, { detail });
  }
}
