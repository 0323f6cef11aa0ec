import { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import {
  AuditEntry,
  type AuditFileQuery,
  type AuditQuery,
  type AuditVerification,
  type AuditVerificationQuery,
} from '../../../contracts/access/audit-api.schema.ts';
import { csvLine } from '../../../domain/documents/csv-line.ts';
import { hasEntry, type Verified, verifyAudit } from '../../../platform/db/access/audit-seal.ts';
import { type AuditPage, listAudit, type NamedAuditRow } from '../../../platform/db/views/audit-list.ts';
import { readAuditAnchor } from '../../../platform/objects/audit-anchor.ts';
import type { ObjectStore } from '../../../platform/objects/file-store.ts';
import { OBJECTS } from '../../http/parts.ts';
import { beforeId, type Page, pageById } from '../../http/request/paging.ts';
import type { Principal } from '../../http/caller/principal.ts';
import { Store } from '../../http/store.ts';

const { kind } = AuditEntry.shape.actor.shape;

/** Entries that are read in one transaction while the file is written, and how many a file holds. */
const rowsAtOnce = 500;
const mostInFile = 100_000;

const columns = ['at', 'act', 'actor', 'actorName', 'subject', 'subjectId', 'title', 'person', 'outcome', 'detail'];

/** Reads the audit log and checks that it has not been changed. */
@Injectable()
export class AuditService {
  constructor(
    private readonly store: Store,
    @Inject(OBJECTS) private readonly objects: ObjectStore,
  ) {}

  async list(caller: Principal, query: AuditQuery): Promise<Page<AuditEntry>> {
    const page = { ...filterOf(caller, query), before: beforeId(query.cursor), limit: query.limit };
    const rows = await this.store.inWorkspace(caller, (tx) => listAudit(tx, page));
    return pageById(rows, query.limit, (row) => entryOf(row, mayReadPeople(caller)));
  }

  /** The filtered log as CSV, written as it is read; its last line says where there is more than a file holds. */
  file(caller: Principal, query: AuditFileQuery): Readable {
    return Readable.from(this.lines(caller, query));
  }

  private async *lines(caller: Principal, query: AuditFileQuery): AsyncGenerator<string> {
    yield csvLine(columns);
    let before: string | null = null;
    for (let written = 0; written < mostInFile; written += rowsAtOnce) {
      const page: AuditPage = { ...filterOf(caller, query), before, limit: rowsAtOnce };
      const found: NamedAuditRow[] = await this.store.inWorkspace(caller, (tx) => listAudit(tx, page));
      const rows = found.slice(0, rowsAtOnce);
      yield rows.map((row) => lineOf(entryOf(row, mayReadPeople(caller)))).join('');
      if (found.length <= rowsAtOnce) return;
      before = rows.at(-1)?.id ?? null;
    }
    yield csvLine([`There are more than ${mostInFile} entries: narrow them down`]);
  }

  async verify(caller: Principal, { sealed, head }: AuditVerificationQuery): Promise<AuditVerification> {
    const anchor = await readAuditAnchor(this.objects, caller.workspaceId);
    const noted = sealed === undefined || head === undefined ? [] : [{ seq: sealed, hash: head }];
    const chain = await this.chain(caller);
    const isHeld = await this.store.inWorkspace(caller, async (tx) => {
      for (const entry of anchor ? [anchor, ...noted] : noted)
        if (!(await hasEntry(tx, caller.workspaceId, entry))) return false;
      return true;
    });
    return { ...chain, isIntact: chain.brokenAt === null && isHeld, anchored: anchor?.seq ?? null };
  }

  private async chain(caller: Principal): Promise<Pick<AuditVerification, 'sealed' | 'brokenAt' | 'head'>> {
    let place: Verified = { seq: 0, hash: Buffer.alloc(0) };
    for (;;) {
      const from = place;
      const found = await this.store.inWorkspace(caller, (tx) => verifyAudit(tx, caller.workspaceId, from));
      place = found.to;
      if (found.hasMore) continue;
      const head = place.seq === 0 ? null : place.hash.toString('hex');
      return { sealed: place.seq, brokenAt: found.brokenAt, head };
    }
  }
}

function filterOf({ workspaceId }: Principal, query: AuditFileQuery): Omit<AuditPage, 'before' | 'limit'> {
  const { act = null, actorId = null, subjectId = null, since } = query;
  return { workspaceId, act, actorId, subjectId, since: since === undefined ? null : new Date(since) };
}

const mayReadPeople = ({ permissions }: Principal): boolean => permissions.has('contacts:read');

function lineOf({ at, act, actor, subject, outcome, detail }: AuditEntry): string {
  const by = [actor.kind, actor.name ?? actor.id];
  return csvLine([
    at,
    act,
    ...by,
    subject.kind,
    subject.id,
    subject.title,
    subject.person,
    outcome,
    JSON.stringify(detail),
  ]);
}

function entryOf(row: NamedAuditRow, mayReadPeople: boolean): AuditEntry {
  return {
    id: row.id,
    at: row.at.toISOString(),
    actor: { kind: kind.parse(row.actor_kind), id: row.actor_id, name: row.actor_name },
    act: row.act,
    subject: {
      kind: row.subject_kind,
      id: row.subject_id,
      title: row.subject_title,
      person: mayReadPeople ? row.subject_person : null,
    },
    outcome: row.outcome_label,
    detail: row.detail,
    requestId: row.request_id,
    seq: row.seq === null ? null : Number(row.seq),
    hash: row.hash?.toString('hex') ?? null,
  };
}
