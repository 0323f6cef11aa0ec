import { expect, it } from 'vitest';
import { renderMessage } from '../../messaging/render-message.ts';
import { sampleVariablesOf } from './sample-variables.ts';

const template = {
  subject: 'Hello {{ contact.name }}',
  markdown: '{{ plan.title }} for {{ contact.email }}{% for item in items %}, {{ item.name }}{% endfor %}',
};

it('shows a template with stand-ins for what its step gives, and with a real person’s own facts', () => {
  expect(sampleVariablesOf({ ...template, subject: '{{ contact.firstName }} {{ contact.plan }}' }, null)).toMatchObject(
    {
      contact: { email: 'sample@example.com', firstName: 'Sam', plan: '…' },
      plan: { title: '…' },
      items: '…',
    },
  );
  const contact = { externalId: 'ana', email: 'ana@example.com', name: 'Ana' };
  expect(
    renderMessage(
      template,
      { ...sampleVariablesOf({ ...template, markdown: '{{ plan.title }}' }, contact), items: [] },
      null,
    ),
  ).toMatchObject({ subject: 'Hello Ana' });
  expect(sampleVariablesOf(template, { externalId: 'ana' })).toMatchObject({ contact: { externalId: 'ana' } });
});
