import { describe, expect, it } from 'vitest';
import type { EmailNode, JourneyNode } from '../../../contracts/journeys/nodes.schema.ts';
import { TemplateError } from '../../messaging/render-message.ts';
import { sampleMailOf } from './sample-mail.ts';

const made = { contact: null, zone: 'UTC' };
const inline: EmailNode = {
  kind: 'email',
  id: 'hello',
  content: {
    kind: 'inline',
    subject: { kind: 'literal', value: 'Hello {{ contact.firstName }}' },
    markdown: 'Your **{{ plan }}** of {{ order.sum }}, for {{ contact.city }}.',
  },
  variables: {
    plan: {
      kind: 'text',
      parts: [
        { kind: 'literal', value: 'plan ' },
        { kind: 'entry', path: ['plan'] },
      ],
    },
    order: { kind: 'output', step: 'ask', path: ['order'] },
  },
};

describe('the mail of a step that nobody has come to (dashboard F10, the journey)', () => {
  it('is shown for a made-up person, with … for what a run alone knows', () => {
    const mail = sampleMailOf(inline, undefined, made);
    expect(mail?.subject).toBe('Hello Sam');
    expect(mail?.html).toContain('<strong>plan …</strong> of …, for ….');
  });

  it('is shown with a real person’s facts, and is refused where they are missing', () => {
    const ana = { externalId: 'ana', firstName: 'Ana', city: 'Porto' };
    expect(sampleMailOf(inline, undefined, { ...made, contact: ana })).toMatchObject({ subject: 'Hello Ana' });
    const nameless = { externalId: 'bo', city: 'Porto' };
    expect(() => sampleMailOf(inline, undefined, { ...made, contact: nameless })).toThrow(TemplateError);
  });

  it('is the stored message under the subject of the step, where it has one', () => {
    const stored = { subject: 'Stored', markdown: 'Bye {{ contact.name }}' };
    const node = (subject: string): JourneyNode => ({
      kind: 'email',
      id: 'bye',
      content: { kind: 'template', template: 'bye@1', subject: { kind: 'entry', path: [subject] } },
    });
    expect(sampleMailOf(node('title'), stored, made)).toMatchObject({ subject: '…' });
    const own: JourneyNode = { kind: 'email', id: 'bye', content: { kind: 'template', template: 'bye@1' } };
    expect(sampleMailOf(own, stored, made)).toMatchObject({ subject: 'Stored' });
    expect(sampleMailOf(own, stored, made)?.html).toContain('Bye Sam Sample');
    expect(() => sampleMailOf(own, undefined, made)).toThrow('No message template bye@1');
  });

  it('is none where a step writes none', () => {
    expect(sampleMailOf({ kind: 'exit', id: 'out', reason: 'done' }, undefined, made)).toBeNull();
  });
});
