import { z } from 'zod';
import { StoredExternalId } from '../contacts/events-api.schema.ts';
import { Instant, pageOf, Slug } from '../core/values.schema.ts';
import { Condition } from '../journeys/conditions.schema.ts';

const name = z.string().trim().min(1).max(200);

/**
 * A segment: who meets its rule. `members` is how many do; while it is `building`, after its rule has been written, `looked` people have been looked at
 * by this `version` of it.
 */
export const Segment = z
  .strictObject({
    slug: Slug,
    name,
    rule: Condition,
    version: z.int(),
    state: z.enum(['building', 'ready']),
    looked: z.int(),
    members: z.int(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'Segment' });
/** A segment. */
export type Segment = z.infer<typeof Segment>;

/** All segments of a workspace. */
export const Segments = z.strictObject({ items: z.array(Segment) });
/** All segments of a workspace. */
export type Segments = z.infer<typeof Segments>;

/** Writes a segment; what was under the slug is replaced. */
export const SegmentInput = z.strictObject({ name, rule: Condition }).meta({ id: 'SegmentInput' });
/** Writes a segment. */
export type SegmentInput = z.infer<typeof SegmentInput>;

/** A rule that is being written. */
export const SegmentPreviewInput = z.strictObject({ rule: Condition }).meta({ id: 'SegmentPreviewInput' });
/** A rule that is being written. */
export type SegmentPreviewInput = z.infer<typeof SegmentPreviewInput>;

/** Whom a rule means now: `people` of the `looked` newest contacts, ten of them in `sample`; `isExact` where these are all contacts. */
export const SegmentPreview = z
  .strictObject({ people: z.int(), looked: z.int(), isExact: z.boolean(), sample: z.array(z.string()) })
  .meta({ id: 'SegmentPreview' });
/** Whom a rule means now. */
export type SegmentPreview = z.infer<typeof SegmentPreview>;

/** A contact in a segment, and since when. */
export const SegmentMember = z.strictObject({ contact: z.string(), since: Instant }).meta({ id: 'SegmentMember' });
/** A contact in a segment. */
export type SegmentMember = z.infer<typeof SegmentMember>;
/** A page of members, newest contacts first. */
export const SegmentMembers = pageOf(SegmentMember);

/**
 * A contact has entered or left. `reason`: `event.<name>` or `contact.<attribute>` was written, the contact is `new`, the `clock` alone, or the `rule`
 * was written.
 */
export const SegmentChange = z
  .strictObject({ contact: z.string(), hasEntered: z.boolean(), reason: z.string(), at: Instant })
  .meta({ id: 'SegmentChange' });
/** A contact has entered or left. */
export type SegmentChange = z.infer<typeof SegmentChange>;
/** A page of changes, newest first. */
export const SegmentChanges = pageOf(SegmentChange);

/** Whose standing is asked for. */
export const SegmentWhyParams = { slug: Slug, externalId: StoredExternalId };

/**
 * Whether a contact is in a segment, since when, and why: each question of the rule by its `path` and whether it holds now. What has just been written
 * may hold already before the contact is a member.
 */
export const SegmentWhy = z
  .strictObject({
    isMember: z.boolean(),
    since: Instant.nullable(),
    parts: z.array(z.strictObject({ path: z.string(), kind: z.string(), holds: z.boolean() })),
  })
  .meta({ id: 'SegmentWhy' });
/** Whether a contact is in a segment, and why. */
export type SegmentWhy = z.infer<typeof SegmentWhy>;
