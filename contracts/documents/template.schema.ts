import { z } from 'zod';

/** A name usable as `row.name` in a template: lower-case words joined by `_`. */
export const VariableName = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'lower-case letters, digits and _ only');

/** What a column's cells hold; `money` is a decimal number in the column's currency, `date` is ISO 8601 (2026-11-24). */
export const ColumnType = z.enum(['text', 'number', 'money', 'date', 'email', 'url']);
export type ColumnType = z.infer<typeof ColumnType>;

/**
 * One column that a template uses. `prompt: false` keeps its values from the model; `identifying` marks values that belong to
 * one person (name, address, account), which may appear in no other person's document.
 */
export const ColumnSpec = z.strictObject({
  type: ColumnType.default('text'),
  required: z.boolean().default(true),
  prompt: z.boolean().default(true),
  identifying: z.boolean().default(false),
});
export type ColumnSpec = z.infer<typeof ColumnSpec>;

/** The shape of one slot's answer: a text of paragraphs, or a list of short texts. */
export const SlotSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('string') }),
  z.strictObject({
    type: z.literal('array'),
    items: z.strictObject({ type: z.literal('string') }),
    minItems: z.int().min(0).max(50).default(1),
    maxItems: z.int().min(1).max(50).default(10),
  }),
]);
export type SlotSchema = z.infer<typeof SlotSchema>;

/** One passage that the model writes. `maxWords` bounds the whole slot, lists included. */
export const SlotSpec = z.strictObject({
  instruction: z.string().min(1).max(4_000),
  minWords: z.int().min(0).max(2_000).default(1),
  maxWords: z.int().min(1).max(2_000),
  /** Columns whose values the slot must mention word for word. */
  mentions: z.array(VariableName).max(20).default([]),
  schema: SlotSchema.default({ type: 'string' }),
});
export type SlotSpec = z.infer<typeof SlotSpec>;

/**
 * A document template: one immutable bundle. `body` is Liquid over Markdown; it reads `row.*` (the columns), `slots.*` (what
 * the model wrote), `locked.*` (clauses that no model touches), `brand.*` and `batch.*`; every value is escaped as text.
 */
export const DocumentTemplate = z.strictObject({
  name: z.string().min(1).max(200),
  layout: z.enum(['letter']).default('letter'),
  columns: z
    .record(VariableName, ColumnSpec)
    .refine((columns) => Object.keys(columns).length <= 200, 'at most 200 columns'),
  slots: z.record(VariableName, SlotSpec).refine((slots) => Object.keys(slots).length <= 20, 'at most 20 slots'),
  locked: z.record(VariableName, z.string().min(1).max(10_000)).default({}),
  /** 100,000 characters: about 30 pages of source, and Liquid's own parse limit. */
  body: z.string().min(1).max(100_000),
});
export type DocumentTemplate = z.infer<typeof DocumentTemplate>;

const Colour = z.string().regex(/^#[0-9a-fA-F]{6}$/, 'a colour as #rrggbb');

/** How documents of a sender look and sound; `voice` goes into the prompt, the rest into the layout. */
export const Brand = z.strictObject({
  name: z.string().min(1).max(120),
  /** The words set as the logo in the letterhead; the name when left out. */
  logoText: z.string().min(1).max(60).optional(),
  colour: Colour.default('#1f3a5f'),
  accent: Colour.default('#b4572f'),
  /** Font families in order, of those in `letterFonts`; scripts that they lack are set in Noto. */
  fonts: z.array(z.string().min(1).max(80)).min(1).max(8).default(['Libertinus Serif']),
  addressLines: z.array(z.string().min(1).max(120)).max(6).default([]),
  footer: z.string().max(300).default(''),
  website: z.url({ protocol: /^https?$/ }).optional(),
  email: z.email().optional(),
  phone: z.string().max(40).optional(),
  voice: z.string().max(4_000).default(''),
});
export type Brand = z.infer<typeof Brand>;
