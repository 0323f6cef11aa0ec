import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { PageQuery } from '../../contracts/core/values.schema.ts';
import type { Condition } from '../../contracts/journeys/conditions.schema.ts';
import { segmentLimits } from '../../contracts/segments/limits.ts';
import type {
  Segment,
  SegmentChange,
  SegmentInput,
  SegmentMember,
  SegmentPreview,
  Segments,
  SegmentWhy,
} from '../../contracts/segments/segments-api.schema.ts';
import { checkRule } from '../../domain/segments/check-rule.ts';
import { answersOf, leavesOf } from '../../domain/segments/parts-of.ts';
import { resolveRule, type Rules, segmentsIn } from '../../domain/segments/resolve-rule.ts';
import { recordAudit } from '../../platform/db/access/audit.ts';
import { findContact } from '../../platform/db/contacts/contacts.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import { journeysNamingSegment } from '../../platform/db/journeys/journeys.ts';
import { listChanges, listMembers, previewRule, standingOf } from '../../platform/db/segments/people-of-segment.ts';
import {
  findSegment,
  listSegments,
  lockSegments,
  removeSegment,
  rulesOf,
  saveSegment,
  type SegmentRow,
} from '../../platform/db/segments/segments.ts';
import { auditActor, type Principal } from '../http/caller/principal.ts';
import { conflict, invalid, notFound } from '../http/errors/app-error.ts';
import { beforeId, decodeCursor, type Page, pageBy, pageById } from '../http/request/paging.ts';
import { Store } from '../http/store.ts';

/** The sort key of changes: their number. */
const ChangeKey = z.tuple([z.string().regex(/^\d{1,18}$/)]);

/** Keeps the segments of a workspace. Who is in them is kept beside: `platform/db/segments/keep-segments.ts`. */
@Injectable()
export class SegmentsService {
  constructor(private readonly store: Store) {}

  async list(caller: Principal): Promise<Segments> {
    const rows = await this.store.inWorkspace(caller, (tx) => listSegments(tx, caller.workspaceId));
    return { items: rows.map(segmentOf) };
  }

  async show(caller: Principal, slug: string): Promise<Segment> {
    return this.store.inWorkspace(caller, async (tx) => segmentOf(await find(tx, caller, slug)));
  }

  async put(caller: Principal, slug: string, input: SegmentInput): Promise<Segment> {
    requireSound(input.rule);
    return this.store.inWorkspace(caller, async (tx) => {
      const { workspaceId } = caller;
      await lockSegments(tx, workspaceId);
      const rules = new Map(await rulesOf(tx, workspaceId)).set(slug, input.rule);
      if (rules.size > segmentLimits.segments)
        throw conflict('segment.tooMany', `There are ${segmentLimits.segments} segments already; remove one first`);
      resolved(input.rule, slug, rules);
      const users = usersOf(slug, rules);
      // Theirs have grown with it.
      for (const user of users) resolved(rules.get(user) ?? input.rule, user, rules);
      const before = await findSegment(tx, workspaceId, slug);
      await saveSegment(tx, workspaceId, { slug, ...input }, users);
      const after = await find(tx, caller, slug);
      if (before?.name !== after.name || before.version !== after.version) {
        const subject = { kind: 'segment', id: after.id };
        const detail = { slug, version: after.version };
        await recordAudit(tx, { ...auditActor(caller), act: 'segment.saved', subject, detail });
      }
      return segmentOf(after);
    });
  }

  async remove(caller: Principal, slug: string): Promise<void> {
    await this.store.inWorkspace(caller, async (tx) => {
      const { workspaceId } = caller;
      await lockSegments(tx, workspaceId);
      const segment = await find(tx, caller, slug);
      const users = usersOf(slug, await rulesOf(tx, workspaceId));
      if (users.length > 0) throw conflict('segment.inUse', 'Other segments name it', { segments: users });
      const journeys = await journeysNamingSegment(tx, workspaceId, slug);
      if (journeys.length > 0) throw conflict('segment.inUse', 'Journeys that are live name it', { journeys });
      await removeSegment(tx, workspaceId, slug);
      const subject = { kind: 'segment', id: segment.id };
      await recordAudit(tx, { ...auditActor(caller), act: 'segment.removed', subject, detail: { slug } });
    });
  }

  async preview(caller: Principal, rule: Condition): Promise<SegmentPreview> {
    requireSound(rule);
    return this.store.inWorkspace(caller, async (tx) =>
      previewRule(tx, caller.workspaceId, resolved(rule, '', await rulesOf(tx, caller.workspaceId))),
    );
  }

  async members(caller: Principal, slug: string, { cursor, limit }: PageQuery): Promise<Page<SegmentMember>> {
    const rows = await this.store.inWorkspace(caller, async (tx) => {
      const { id: segmentId } = await find(tx, caller, slug);
      return listMembers(tx, { workspaceId: caller.workspaceId, segmentId, before: beforeId(cursor), limit });
    });
    return pageById(rows, limit, (row) => ({ contact: row.external_id, since: row.since.toISOString() }));
  }

  async changes(caller: Principal, slug: string, { cursor, limit }: PageQuery): Promise<Page<SegmentChange>> {
    const before = cursor === undefined ? null : decodeCursor(cursor, ChangeKey)[0];
    const rows = await this.store.inWorkspace(caller, async (tx) => {
      const { id: segmentId } = await find(tx, caller, slug);
      return listChanges(tx, { workspaceId: caller.workspaceId, segmentId, before, limit });
    });
    return pageBy(
      rows,
      limit,
      (row) => row.id,
      (row) => ({
        contact: row.external_id,
        hasEntered: row.has_entered,
        reason: row.reason,
        at: row.at.toISOString(),
      }),
    );
  }

  async why(caller: Principal, slug: string, externalId: string): Promise<SegmentWhy> {
    return this.store.inWorkspace(caller, async (tx) => {
      const { workspaceId } = caller;
      const segment = await find(tx, caller, slug);
      const contact = await findContact(tx, workspaceId, externalId);
      if (!contact) throw notFound('contact');
      const rules = await rulesOf(tx, workspaceId);
      const leaves = leavesOf(segment.rule);
      const of = { workspaceId, segmentId: segment.id, contactId: contact.id };
      const asked = leaves.map(({ condition }) => resolved(condition, slug, rules));
      const { since, holds } = await standingOf(tx, of, asked);
      const held = new Map(leaves.map(({ path }, index) => [path, holds[index] ?? false]));
      return {
        isMember: since !== null,
        since: since?.toISOString() ?? null,
        parts: answersOf(segment.rule, held),
      };
    });
  }
}

async function find(tx: Tx, { workspaceId }: Principal, slug: string): Promise<SegmentRow> {
  const segment = await findSegment(tx, workspaceId, slug);
  if (!segment) throw notFound('segment');
  return segment;
}

/** @throws AppError 422 `segment.invalid` */
function requireSound(rule: Condition): void {
  const problems = checkRule(rule);
  if (problems.length > 0)
    throw invalid(
      'segment.invalid',
      problems.map(({ path, code, message, hint }) => ({ path, code, message: `${message}. ${hint}` })),
    );
}

/** A rule with those of other segments in it. @throws AppError 422 `segment.invalid` */
function resolved(rule: Condition, slug: string, rules: Rules): Condition {
  const result = resolveRule(rule, slug, rules);
  const refuse = (code: string, message: string): never => {
    throw invalid('segment.invalid', [{ path: 'rule', code, message }]);
  };
  switch (result.kind) {
    case 'resolved':
      return result.rule;
    case 'unknown':
      return refuse('segment.unknown', `There is no segment '${result.segment}'`);
    case 'circle':
      return refuse('segment.circle', `It comes back to itself: ${result.path.join(' → ')}`);
    case 'tooLarge':
      return refuse(
        'segment.tooLarge',
        `With the segments that it names it has more than ${segmentLimits.resolvedParts} parts`,
      );
  }
}

/** The segments whose rules name one, directly or by others. */
function usersOf(slug: string, rules: Rules): string[] {
  const users = new Set<string>([slug]);
  for (const user of users) for (const [other, rule] of rules) if (segmentsIn(rule).includes(user)) users.add(other);
  users.delete(slug);
  return [...users];
}

function segmentOf(row: SegmentRow): Segment {
  const { slug, name, rule, version, state, looked, members } = row;
  const { created_at: createdAt, updated_at: updatedAt } = row;
  const at = { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
  return { slug, name, rule, version, state, looked, members, ...at };
}
