import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { type MailFileQuery, type MailQuery, SentMail } from '../../../contracts/runs/mails-api.schema.ts';
import { csvLine } from '../../../domain/documents/csv-line.ts';
import {
  type ListedMail,
  listMails,
  type MailFilter,
  mailIds,
  mailsOf,
} from '../../../platform/db/views/runs/mails-list.ts';
import { invalid } from '../../http/errors/app-error.ts';
import { beforeId, type Page, pageById } from '../../http/request/paging.ts';
import type { Principal } from '../../http/caller/principal.ts';
import { Store } from '../../http/store.ts';

/** Mails that are found at once while the file is written, and of these read in one transaction. */
const idsAtOnce = 10_000;
const rowsAtOnce = 500;

const columns = [
  'contact',
  'name',
  'recipient',
  'subject',
  'journey',
  'version',
  'step',
  'template',
  'state',
  'reason',
  'reported',
  'at',
] as const;

/** Says who got the mail of a template or of a journey's step: whom a mistake in it concerns. */
@Injectable()
export class MailsService {
  constructor(private readonly store: Store) {}

  async list(caller: Principal, query: MailQuery): Promise<Page<SentMail>> {
    const filter = filterOf(caller, query);
    const page = { before: beforeId(query.cursor), limit: query.limit };
    const rows = await this.store.inWorkspace(caller, (tx) => listMails(tx, filter, page));
    return pageById(rows, query.limit, mailOf);
  }

  /** The whole list as CSV, written as it is read. */
  file(caller: Principal, query: MailFileQuery): Readable {
    return Readable.from(this.lines(caller, filterOf(caller, query)));
  }

  private async *lines(caller: Principal, filter: MailFilter): AsyncGenerator<string> {
    yield csvLine(columns);
    for (let before: string | null = null; ;) {
      const page = { before, limit: idsAtOnce };
      const ids: string[] = await this.store.inWorkspace(caller, (tx) => mailIds(tx, filter, page));
      for (let at = 0; at < ids.length; at += rowsAtOnce) {
        const some = ids.slice(at, at + rowsAtOnce);
        yield (await this.store.inWorkspace(caller, (tx) => mailsOf(tx, filter, some))).map(lineOf).join('');
      }
      if (ids.length < idsAtOnce) return;
      before = ids.at(-1) ?? null;
    }
  }
}

function filterOf({ workspaceId }: Principal, query: MailFileQuery): MailFilter {
  const { template, journey, step, version = null, after = null, before = null, show } = query;
  return { workspaceId, of: whatOf({ template, journey, step }), version, after, before, show };
}

function whatOf({ template, journey, step }: Pick<MailFileQuery, 'template' | 'journey' | 'step'>): MailFilter['of'] {
  if (template !== undefined && journey === undefined && step === undefined) {
    const [slug = '', number] = template.split('@');
    return { template: slug, templateVersion: number === undefined ? null : Number(number) };
  }
  if (template === undefined && journey !== undefined && step !== undefined) return { journey, step };
  const message = 'Name a template, or a journey and its step, and not both';
  throw invalid('request.invalid', [{ path: 'template', code: 'mails.what', message }]);
}

function mailOf(row: ListedMail): SentMail {
  return {
    effectId: row.id,
    runId: row.run_id,
    contact: row.external_id === null ? null : { externalId: row.external_id, name: row.contact_name },
    recipient: row.recipient,
    subject: row.subject,
    journey: row.journey,
    step: row.step,
    stepTitle: row.step_title,
    template: row.template,
    state: SentMail.shape.state.parse(row.state),
    reason: row.reason,
    delivery: row.delivery,
    at: row.at.toISOString(),
  };
}

function lineOf(row: ListedMail): string {
  const { external_id: contact, contact_name: name, recipient, subject, journey, step, template, state, reason } = row;
  const reported = row.delivery?.kind ?? null;
  const of = [journey?.slug ?? null, journey?.version ?? null, step, template];
  return csvLine([contact, name, recipient, subject, ...of, state, reason, reported, row.at.toISOString()]);
}
