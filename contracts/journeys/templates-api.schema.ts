import { z } from 'zod';
import { ExternalId } from '../contacts/events-api.schema.ts';
import { journeyLimits } from './limits.ts';
import { Id, Instant, JsonRecord, PageQuery, Slug, VersionNumber } from '../core/values.schema.ts';

/** What a template makes: a message to a contact, a prompt for a model, a document of a batch. */
export const TemplateKind = z.enum(['message', 'prompt', 'document']);
/** What a template makes. */
export type TemplateKind = z.infer<typeof TemplateKind>;

/** A message: Liquid in a subject line, Liquid and Markdown in the body. They read `contact` and the step's variables. */
export const MessageTemplate = z
  .strictObject({ subject: z.string().min(1).max(500), markdown: z.string().min(1).max(journeyLimits.body) })
  .meta({ id: 'MessageTemplate' });
/** A message. */
export type MessageTemplate = z.infer<typeof MessageTemplate>;

/** A prompt: the model's instructions; its input comes from the step, as data. */
export const PromptTemplate = z
  .strictObject({ instructions: z.string().min(1).max(journeyLimits.body) })
  .meta({ id: 'PromptTemplate' });
/** A prompt. */
export type PromptTemplate = z.infer<typeof PromptTemplate>;

/** A template as a list shows it; `version` is the latest, which `slug@production` means. */
export const Template = z
  .strictObject({ id: Id, kind: TemplateKind, slug: Slug, version: z.int(), rev: z.int() })
  .meta({ id: 'Template' });
/** A template as a list shows it. */
export type Template = z.infer<typeof Template>;

/** One version of a template; it never changes. `sha256` is over its canonical JSON. */
export const TemplateVersion = z
  .strictObject({
    kind: TemplateKind,
    slug: Slug,
    version: z.int(),
    sha256: z.string(),
    createdAt: Instant,
    content: JsonRecord,
  })
  .meta({ id: 'TemplateVersion' });
/** One version of a template. */
export type TemplateVersion = z.infer<typeof TemplateVersion>;

/**
 * A template's content, by its kind: `MessageTemplate`, `PromptTemplate` or a document template. With `expectedVersion` it is stored only
 * where that is the latest version; 0: where there is none yet.
 */
export const TemplateInput = z
  .strictObject({ content: JsonRecord, expectedVersion: z.int().min(0).optional() })
  .meta({ id: 'TemplateInput' });
/** A template's content. */
export type TemplateInput = z.infer<typeof TemplateInput>;

/** The version that holds the content now; not `created`: the latest version had it already. */
export const StoredTemplate = TemplateVersion.extend({ created: z.boolean() }).meta({ id: 'StoredTemplate' });
/** The version that holds the content now. */
export type StoredTemplate = z.infer<typeof StoredTemplate>;

/** For whom a message is shown: a contact by external id, else a made-up person. */
export const PreviewOf = z.strictObject({ contact: ExternalId.optional() }).meta({ id: 'PreviewOf' });
/** For whom a message is shown. */
export type PreviewOf = z.infer<typeof PreviewOf>;

/** For whom the mail of a journey's step is shown, and of which version; of the live one without it. */
export const StepMailOf = PreviewOf.extend({ version: VersionNumber.optional() }).meta({ id: 'StepMailOf' });
/** For whom the mail of a journey's step is shown. */
export type StepMailOf = z.infer<typeof StepMailOf>;

/**
 * A version of a journey that names a template, and that people enter (`isLive`) or are in (`people`). `template` is the template's version
 * that it was published with, and `steps` are the titles of those that name it.
 */
export const TemplateUse = z
  .strictObject({
    journey: Slug,
    name: z.string(),
    version: z.int(),
    isLive: z.boolean(),
    people: z.int(),
    template: z.int(),
    steps: z.array(z.string()),
  })
  .meta({ id: 'TemplateUse' });
/** A version of a journey that names a template. */
export type TemplateUse = z.infer<typeof TemplateUse>;

/** Every version of a journey that names a template and still matters to someone, the journeys by name, their newest version first. */
export const TemplateUses = z.strictObject({ items: z.array(TemplateUse) }).meta({ id: 'TemplateUses' });
/** Where a template is used. */
export type TemplateUses = z.infer<typeof TemplateUses>;

/** Filters of the list of templates. */
export const TemplateQuery = PageQuery.extend({ kind: TemplateKind.optional() });
/** Filters of the list of templates. */
export type TemplateQuery = z.infer<typeof TemplateQuery>;
