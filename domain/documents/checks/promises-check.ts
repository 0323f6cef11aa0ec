import type { Finding } from '../../../contracts/documents/documents.ts';
import { sharedTexts, slotPassages, type Check } from './check.ts';
import { fold } from './facts/names.ts';

/** How a language promises without a condition, folded; and how it says that it does not, before (or behind) the words. */
type Promises = { said: RegExp; denied: RegExp; deniedAfter?: RegExp };

/**
 * Guarantees and promises without a condition bind the sender: the model may make those alone that the brief, the brand or the template
 * makes. The row is no source: a customer's note cannot promise anything.
 */
export const checkPromises: Check = (subject) => {
  const { said, denied, deniedAfter } = languages[subject.language.slice(0, 2)] ?? english;
  const isShared = (words: string): boolean => fold(sharedTexts(subject).join('\n')).includes(fold(words));
  return slotPassages(subject.answers).flatMap(({ where, text }): Finding[] =>
    [...text.matchAll(said)].flatMap(({ index, 0: words }): Finding[] => {
      const [before, after] = [
        text.slice(Math.max(0, index - 30), index),
        text.slice(index + words.length, index + words.length + 30),
      ];
      if (denied.test(before) || deniedAfter?.test(after) || isShared(words)) return [];
      return [
        {
          check: 'promises',
          code: 'promises.unbacked',
          severity: 'error',
          message: `“${words}” promises what the brief does not`,
          evidence: { where, start: index, text: words },
          repairHint: `${where}: “${words}” is a promise that nobody has made. Leave it out.`,
        },
      ];
    }),
  );
};

const english: Promises = {
  said: /\b(?:we|i)(?:['’]ll| will| can| do)? (?:hereby )?(?:guarantee|promise|pledge|assure you)\b|\bguaranteed\b|\bno matter what\b|\brisk[- ]free\b|\bwithout (?:any|the slightest) risk\b|\b(?:free|yours)(?: of charge)? (?:for ?ever|for life|for good)\b|\bforever free\b|\b(?:price|premium|fee|cover|rate)s?\b[^.\n]{0,30}\b(?:for ?ever|for life)\b|\b100\s?(?:%|per ?cent) (?:certain|sure|safe|secure|guaranteed|success)|\bwill (?:never|always) (?:be (?:paid|covered|free)|rise|increase|change|go up|pay|fail)\b|\bunconditional(?:ly)?\b|\blifetime (?:guarantee|cover)/giu,
  denied: /\b(?:not(?! only| just)|no|never|cannot|nobody|neither|nor|without)\b[^.\n]*$|n['’]t\b[^.\n]*$/iu,
  deniedAfter: /^\s(?:nothing|no|neither)\b/iu,
};

const languages: Record<string, Promises> = {
  en: english,
  de: {
    said: /\bgarantier\p{L}*|\bmit Garantie\b|\bversprech\p{L}*|\b(?:ganz )?ohne (?:jedes |jegliches )?Risiko\b|\brisiko(?:frei|los)\p{L}*|\b(?:für|auf) (?:immer|ewig|alle Zeit)\b|\b(?:auf )?Lebenszeit\b|\blebenslang\p{L}*|\bnie(?:mals)? (?:wieder|mehr) (?:steig|zahl|erhöh)\p{L}*|\bin jedem Fall (?:be)?zahl\p{L}*|\bbedingungslos\p{L}*|\bhundertprozentig\b/giu,
    denied: /\b(?:nicht(?! nur| allein)|kein\p{L}*|nie|niemals|ohne)\b[^.\n]*$/iu,
    deniedAfter: /^[^.\n]{0,12}\b(?:nicht(?! nur| allein)|nichts|kein\p{L}*|nie(?:mals)?)(?!\p{L})/iu,
  },
  fr: {
    said: /\bgarantiss\p{L}*|\bgarantit\b|(?<!\b(?:les|vos|des|nos|la|une|votre|ces|aux|en|de|sous) )\bgarantie?s?\b|\bprom(?:et|ett|ets|is)\p{L}*|\bsans (?:aucun )?risque\b|(?<!\p{L})à vie\b|\bpour toujours\b|(?<!\p{L})à jamais\b|\b(?:jamais|plus) (?:augment|pay)\p{L}*|\bquoi qu['’]il arrive\b/giu,
    denied: /\b(?:ne|n['’]|pas|jamais|aucun\p{L}*|ni|pouvons pas)(?!\p{L})[^.\n]*$/iu,
    deniedAfter: /^\s(?:pas|rien|aucun\p{L}*)(?!\p{L})/iu,
  },
  es: {
    said: /\bgarantiz\p{L}*|\bpromet\p{L}*|\bsin (?:ningún |ninguna clase de )?riesgos?\b|\bde por vida\b|\bpara siempre\b|\bnunca (?:subir|pagar|aument|cambiar)\p{L}*|\bpase lo que pase\b/giu,
    denied: /\b(?:no(?! s[oó]lo)|nunca|ningún|ninguna|sin|ni)\b[^.\n]*$/iu,
  },
  it: {
    said: /\bgaranti(?:amo|sc\p{L}*|t[oaie]|re)\b|\bpromett\p{L}*|\bpromesso\b|\bsenza (?:alcun |nessun )?rischio?\b|\ba vita\b|\bper sempre\b|\bmai più\b|\bnon (?:salirà|aumenterà|cambierà) mai\b|\bqualunque cosa accada\b/giu,
    denied: /\b(?:non(?! solo| soltanto)|nessun\p{L}*|mai|né)(?!\p{L})[^.\n]*$/iu,
  },
  pt: {
    said: /\bgaranti\p{L}*|\bpromet\p{L}*|\bsem (?:qualquer |nenhum )?risco\b|\bpara sempre\b|\bvitalíci\p{L}*|\bnunca (?:vai |irá )?(?:subir|pagar|aumentar)\p{L}*/giu,
    denied: /\b(?:não(?! só| apenas)|nunca|nenhum\p{L}*|sem|nem)\b[^.\n]*$/iu,
  },
  nl: {
    said: /\bgarander\p{L}*|\bgegarandeerd\p{L}*|\bbelo(?:ven|ofd|oft)\b|\bzonder (?:enig )?risico\b|\bvoor altijd\b|\blevenslang\p{L}*|\bnooit (?:meer )?(?:stijg|betaal|verhog)\p{L}*/giu,
    denied: /\b(?:niet(?! alleen)|geen|nooit|zonder)\b[^.\n]*$/iu,
    deniedAfter: /^[^.\n]{0,12}\b(?:niet(?! alleen)|niets|geen|nooit)\b/iu,
  },
  zh: {
    said: /保证(?!金)|承诺|终[身生](?:免费)?|永久|永不|永远|绝对|零风险|毫无风险|百分之百/gu,
    denied: /[不没無无未](?:能|会|可|作|做|提供|对此)?[^。，,]{0,4}$/u,
  },
  ja: {
    said: /保証(?=し|いた|され|する|さ|します|です)|(?:お約束|約束)(?=し|いた|する)|永久|永遠|必ず(?:全額|お支払い)|絶対に?|リスクなし|一生(?:無料|涯)/gu,
    denied: /(?!)/u,
    deniedAfter:
      /^(?:は)?(?:でき|し|いたし|され|する(?:こと|もの))?(?:は|では)?(?:ま?せん|ない|ではありません|かねます)/u,
  },
  ko: {
    said: /보장(?=합|해|하|됩|된)|약속(?=합|드|하)|평생|영원히|무조건|절대로?/gu,
    denied: /(?!)/u,
    deniedAfter: /^[^.\n]{0,6}(?:않|못|없)/u,
  },
};
