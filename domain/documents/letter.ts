import type { SlotAnswers } from '../../contracts/documents/documents.ts';
import type { BatchOptions } from '../../contracts/documents/batch.schema.ts';
import type { Brand, DocumentTemplate } from '../../contracts/documents/template.schema.ts';
import type { HtmlPage } from './model/model-html.ts';
import type { TemplateScope } from './template/template-engine.ts';

/** A batch as it is stored. */
export type LetterBatch = { name: string; options: object; template: object; created_at: Date };
/** A document's row, and what the model wrote for it. */
export type LetterContent = { key: string; values: object; answers: object | null };

/** All that the words and the look of one document depend on; plain JSON. */
export type Letter = { body: string; language: string; title: string; brand: Brand; scope: TemplateScope };

/** Puts together what a document is rendered from: a preview and the delivery have the same letter. */
export function letterOf(batch: LetterBatch, { key, values, answers }: LetterContent): Letter {
  const { name, created_at } = batch;
  const { brand, language, date = created_at.toISOString().slice(0, 10) } = batch.options as BatchOptions;
  const template = batch.template as DocumentTemplate;
  return {
    body: template.body,
    language,
    title: `${template.name} ${key}`,
    brand,
    scope: {
      row: values as Record<string, string>,
      slots: (answers ?? {}) as SlotAnswers,
      locked: template.locked,
      brand: { ...brand, website: brand.website ?? '', email: brand.email ?? '', phone: brand.phone ?? '' },
      // The batch's own day: a document that is rendered again tomorrow must not change. Batches of before have it in UTC.
      batch: { name, language, date, key },
    },
  };
}

/** Answers with something in every slot, to fill a template with before there are any. */
export function sampleAnswers({ slots }: Pick<DocumentTemplate, 'slots'>): SlotAnswers {
  const text = 'A sentence.';
  return Object.fromEntries(
    Object.entries(slots).map(([name, { schema }]) => [name, schema.type === 'string' ? text : [text]]),
  );
}

/** The page around a letter's HTML. */
export function letterPage({ title, language, brand }: Pick<Letter, 'title' | 'language' | 'brand'>): HtmlPage {
  const { colour, logoText, name, footer } = brand;
  return { title, language, colour, senderName: logoText ?? name, footer };
}
