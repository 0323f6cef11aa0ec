import type { Check } from './check.ts';

/** Clauses that no one may change stand in the document word for word, unless the template leaves them out by a condition. */
export const checkLocked: Check = ({ template, text }) => {
  const document = squeeze(text);
  const always = withoutBlocks(template.body);
  return Object.entries(template.locked).flatMap(([name, clause]) => {
    const isAlways = new RegExp(`\\blocked\\.${name}\\b`).test(always);
    if (!isAlways || document.includes(squeeze(clause))) return [];
    return [
      {
        check: 'locked',
        code: 'locked.changed',
        severity: 'error' as const,
        message: `The clause “${name}” does not stand in the document as it must`,
        evidence: null,
        repairHint: `Do not repeat or change the clause “${name}”; it is set by the template.`,
      },
    ];
  });
};

/** The body without what stands inside conditions and loops, from the innermost outwards. */
function withoutBlocks(body: string): string {
  const innermost =
    /\{%-?\s*(if|unless|case|for|comment|raw)\b(?:(?!\{%-?\s*(?:if|unless|case|for|comment|raw)\b)[\s\S])*?\{%-?\s*end\1\s*-?%\}/;
  let rest = body;
  while (innermost.test(rest)) rest = rest.replace(innermost, '');
  return rest;
}

function squeeze(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
