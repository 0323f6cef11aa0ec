import { humanise, type Fact, type Facts, type Language } from './facts.ts';
import type { Seed } from './seed.ts';

/**
 * Writes texts of whole sentences that a fact check can trace: every name, number and date in them stands in the row. Each long
 * text takes the next share of the facts, so that all of them are said once if there is room.
 */
export interface Prose {
  /** A heading or subject of a few words. */
  short(): string;
  /** Some sentences; `factCount` of them state a fact. With `isLetter` they have a greeting and an end. */
  long(factCount: number, isLetter: boolean): string;
  /** One sentence, another each time while there are some left; `request` is what the prompt asks for there. */
  sentence(request: string): string;
}

interface Phrases {
  hello: (name: string) => string;
  helloAll: string;
  says: (fact: Fact) => string;
  subjects: string[];
  subjectsFor: ((name: string) => string)[];
  thanks: string[];
  fillers: string[];
  bye: string;
}

/** What English texts say of what a prompt is about; everything else is said in general. */
const topics: { about: RegExp; phrases: Pick<Phrases, 'subjects' | 'subjectsFor' | 'thanks' | 'fillers'> }[] = [
  {
    about: /\bwelcom/i,
    phrases: {
      subjects: ['Welcome, it is good to have you', 'Your first steps with us', 'A good start for you'],
      subjectsFor: [
        (name) => `Welcome, ${name}`,
        (name) => `Good to have you with us, ${name}`,
        (name) => `Your first steps, ${name}`,
      ],
      thanks: ['Thank you for signing up.', 'It is good to have you with us.'],
      fillers: [
        'Take your time to look around.',
        'Everything you need for a good start is in your account.',
        'Our team answers every question, on weekdays usually within a few hours.',
        'You can change your settings at any time.',
      ],
    },
  },
  {
    about: /\brenew/i,
    phrases: {
      subjects: ['Your renewal', 'Your cover goes on', 'Another year of cover'],
      subjectsFor: [(name) => `${name}, your cover goes on`, (name) => `Another year of cover for you, ${name}`],
      thanks: [
        'Thank you for your trust: your cover goes on for another year.',
        'Thank you for staying with us; your cover goes on without a break.',
        'We are glad that you stay with us, and your cover goes on as before.',
      ],
      fillers: [
        'You do not need to do anything, as we collect the premium in the usual way.',
        'Please tell us if your address or your bank details have changed.',
        'Keep this letter with your policy, so that you have it at hand.',
        'If something in your life has changed since last year, we are glad to look at your cover with you.',
        'You can ask us for a copy of your policy at any time.',
      ],
    },
  },
];

const phrases: Record<Language, Phrases> = {
  en: {
    hello: (name) => `Dear ${name},`,
    helloAll: 'Hello,',
    says: sayInEnglish,
    subjects: ['A short note for you', 'What comes next', 'Everything is ready for you', 'Your details at a glance'],
    subjectsFor: [
      (name) => `${name}, a short note for you`,
      (name) => `What comes next, ${name}`,
      (name) => `Everything is ready for you, ${name}`,
    ],
    thanks: ['Thank you for your trust.', 'Thank you for being with us.', 'We are glad to have you as a customer.'],
    fillers: [
      'We have gone through your details with care.',
      'If anything here does not look right, please let us know and we will put it in order.',
      'You do not need to do anything else for now.',
      'Our team is glad to help whenever you have a question.',
    ],
    bye: 'With kind regards.',
  },
  de: {
    hello: (name) => `Guten Tag ${name},`,
    helloAll: 'Guten Tag,',
    says: ({ key, value }) => `Zu „${humanise(key)}“ haben wir notiert: ${String(value)}.`,
    subjects: ['Eine kurze Nachricht für Sie', 'Wie es jetzt weitergeht', 'Alles ist für Sie vorbereitet'],
    subjectsFor: [(name) => `${name}, eine kurze Nachricht für Sie`, (name) => `Willkommen, ${name}`],
    thanks: ['Vielen Dank für das Vertrauen, das Sie uns schenken.'],
    fillers: [
      'Wir haben Ihre Angaben sorgfältig geprüft.',
      'Wenn etwas nicht stimmt, sagen Sie uns bitte Bescheid, dann bringen wir es in Ordnung.',
      'Sie müssen im Augenblick nichts weiter tun.',
    ],
    bye: 'Mit freundlichen Grüßen.',
  },
  es: {
    hello: (name) => `Hola, ${name}:`,
    helloAll: 'Hola:',
    says: ({ key, value }) => `En el apartado «${humanise(key)}» consta: ${String(value)}.`,
    subjects: ['Una breve nota para usted', 'Lo que viene ahora', 'Todo está listo para usted'],
    subjectsFor: [(name) => `${name}, una breve nota para usted`, (name) => `Le damos la bienvenida, ${name}`],
    thanks: ['Muchas gracias por la confianza que deposita en nosotros.'],
    fillers: [
      'Hemos revisado sus datos con todo cuidado.',
      'Si algo no es correcto, díganoslo y lo arreglaremos enseguida.',
      'Por ahora no tiene que hacer nada más.',
    ],
    bye: 'Reciba un cordial saludo.',
  },
  fr: {
    hello: (name) => `Bonjour ${name},`,
    helloAll: 'Bonjour,',
    says: ({ key, value }) => `Pour « ${humanise(key)} », nous avons noté : ${String(value)}.`,
    subjects: ['Un petit mot pour vous', 'La suite des événements', 'Tout est prêt pour vous'],
    subjectsFor: [(name) => `${name}, un petit mot pour vous`, (name) => `Bienvenue, ${name}`],
    thanks: ['Nous vous remercions de la confiance que vous nous accordez.'],
    fillers: [
      'Nous avons examiné vos informations avec soin.',
      'Si quelque chose vous semble inexact, dites-le-nous et nous le corrigerons.',
      'Vous n’avez rien d’autre à faire pour le moment.',
    ],
    bye: 'Veuillez recevoir nos salutations les meilleures.',
  },
};

/** Creates the writer for one answer; the same facts and seed give the same texts. */
export function createProse(input: { facts: Facts; seed: Seed }): Prose {
  const { facts, seed } = input;
  const topic = facts.language === 'en' ? topics.find(({ about }) => about.test(facts.about)) : undefined;
  const words = { ...phrases[facts.language], ...topic?.phrases };
  const fact = nameFact(facts);
  // Journeys say “there” where they know no name.
  const name = fact === undefined || fact.value === '' || fact.value === 'there' ? undefined : String(fact.value);
  // The name is said in the greeting and the heading, not as a fact.
  const unsaid = facts.row.filter(({ key }) => key !== fact?.key);
  const [takeThanks, takeFiller] = [taker(words.thanks, seed), taker(words.fillers, seed)];
  return {
    short: () => (name === undefined ? seed.pick(words.subjects) : seed.pick(words.subjectsFor)(name)),
    sentence: (request) => (/thank|welcome|greet/i.test(request) ? takeThanks() : takeFiller()),
    long(factCount, isLetter) {
      const stated = unsaid.splice(0, factCount).map(words.says);
      const body = [takeThanks(), ...stated, takeFiller()].join(' ');
      if (!isLetter) return body;
      const opening = name === undefined ? words.helloAll : words.hello(name);
      return `${opening} ${body.charAt(0).toLowerCase()}${body.slice(1)} ${words.bye}`;
    },
  };
}

/** Hands out items in a random order, and begins again when all have been out. */
function taker(items: readonly string[], seed: Seed): () => string {
  let left: string[] = [];
  return () => {
    if (left.length === 0) left = seed.shuffle(items);
    return left.pop() ?? '';
  };
}

function sayInEnglish({ key, value }: Fact): string {
  const what = humanise(key);
  if (typeof value === 'boolean') return `Under “${what}” we have noted ${value ? 'yes' : 'no'}.`;
  // `renewsOn` and `valid until` are no things that one has.
  if (/ (on|at|in|until|from|by|to|for)$/.test(what)) {
    const isVerb = /^\w+s /.test(what);
    return isVerb ? `It ${what} ${value}.` : `It is ${what} ${value}.`;
  }
  return /[^su]s$/.test(what) ? `Your ${what} are ${value}.` : `Your ${what} is ${value}.`;
}

function nameFact(facts: Facts): Fact | undefined {
  const named = ['firstname', 'givenname', 'name', 'fullname', 'contactname', 'customername', 'vorname'];
  return named.map((key) => facts.byKey.get(key)).find((each) => each !== undefined);
}
