import type { BatchRow, Finding, SlotAnswers } from '../../../contracts/documents/documents.ts';
import type { Brand, DocumentTemplate } from '../../../contracts/documents/template.schema.ts';
import type { LeakIndex } from './leak-index.ts';

/** All that a check may look at: what the model wrote, the document's words, and where its facts may come from. */
export type CheckSubject = {
  row: BatchRow;
  template: DocumentTemplate;
  brand: Brand;
  brief: string;
  language: string;
  answers: SlotAnswers;
  /** The words of the whole document, as `modelText` gives them. */
  text: string;
  /** Identifying values of all rows of the batch; null where there is nothing to compare with. */
  leaks: LeakIndex | null;
};

/** Looks at one document and says what is wrong with it; pure. */
export type Check = (subject: CheckSubject) => Finding[];

/** One passage of text with its name in findings. */
export type Passage = { where: string; text: string };

/** What the model wrote, slot by slot; the items of a list are lines. */
export function slotPassages(answers: SlotAnswers): Passage[] {
  return Object.entries(answers).map(([slot, answer]) => ({
    where: `slots.${slot}`,
    text: typeof answer === 'string' ? answer : answer.join('\n'),
  }));
}

/** What a document's own row says. */
export function rowTexts(row: BatchRow): string[] {
  return [...Object.values(row.values), row.key, row.email ?? ''];
}

/** What all documents of a batch may say as well: the words of the brief, the brand and the template. */
export function sharedTexts({ template, brand, brief }: Pick<CheckSubject, 'template' | 'brand' | 'brief'>): string[] {
  const { name, footer, website = '', email = '', phone = '', voice, addressLines } = brand;
  const slots = Object.values(template.slots).map((slot) => slot.instruction);
  const sender = [name, footer, website, email, phone, voice];
  return [brief, template.body, ...Object.values(template.locked), ...slots, ...sender, ...addressLines];
}
