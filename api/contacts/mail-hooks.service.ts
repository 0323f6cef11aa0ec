import { Inject, Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import type { MailHookAnswer, MailServiceName } from '../../contracts/contacts/mail-hooks-api.schema.ts';
import type { KeySource } from '../../platform/db/keys/master-keys.ts';
import { requireSecret } from '../../platform/mail-reports/hook-secret.ts';
import { type HookCall, HookRefused, type ReadCall } from '../../platform/mail-reports/mail-service.ts';
import { mailServices } from '../../platform/mail-reports/mail-services.ts';
import { readReturned, takeReports } from '../../platform/mail-reports/take-reports.ts';
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
    const keys = await this.keys();
    return this.take('mail', async () => {
      requireSecret(call, 'MAIL_HOOK_SECRET', this.config.MAIL_HOOK_SECRET);
      return readReturned(keys, call.body);
    });
  }

  async service(service: MailServiceName, call: HookCall): Promise<MailHookAnswer> {
    const keys = await this.keys();
    return this.take(service, () => mailServices[service].read(call, { keys, settings: this.config }));
  }

  private async take(source: string, read: () => Promise<ReadCall>): Promise<MailHookAnswer> {
    const held = await read().catch((error: unknown) => {
      throw error instanceof HookRefused ? refusal(error) : error;
    });
    const answer = await takeReports(this.store.app, await this.keys(), held);
    for (const [verdict, count] of Object.entries(answer)) this.reports.inc({ source, verdict }, count);
    return answer;
  }
}

function refusal({ code, message: detail }: HookRefused): AppError {
  switch (code) {
    case 'mailHook.notConfigured':
      return new AppError(503, code, { detail, retryAfterSeconds: 3_600 });
    case 'mailHook.badSignature':
      return new AppError(401, code, { detail });
    case 'mailHook.badBody':
      return new AppError(400, code, { detail });
  }
}
