import { humanise, type Fact, type Facts, type Language } from './facts.ts';
import type { Seed } from './seed.ts';

/**
 * Writes texts that a reader takes for a letter and a fact check can trace: every name, number and date in them stands in
 * the row. Each long text takes the next share of the facts, so that all of them are said once if there is room.
 */
export interface Prose {
  /** A heading or subject of a few words. */
  short(): string;
  /** Some sentences; `factCount` of them state a fact. */
  long(factCount: number): string;
  /** A note of one sentence. */
  sentence(): string;
}

interface Phrases {
  hello: (name: string) => string;
  helloAll: string;
  says: (key: string, value: string) => string;
  subjects: string[];
  subjectsFor: ((name: string) => string)[];
  fillers: string[];
  bye: string;
}

const phrases: Record<Language, Phrases> = {
  en: {
    hello: (name) => `Dear ${name},`,
    helloAll: 'Hello,',
    says: (key, value) => `Your ${key} is ${value}.`,
    subjects: ['A short note for you', 'What comes next', 'Everything is ready for you', 'Welcome, and thank you'],
    subjectsFor: [
      (name) => `${name}, a short note for you`,
      (name) => `Welcome, ${name}`,
      (name) => `Everything is ready for you, ${name}`,
    ],
    fillers: [
      'Thank you for the trust that you place in us.',
      'We have looked at your details with care.',
      'If anything here does not look right, please tell us and we will put it in order.',
      'You do not need to do anything else for now.',
      'Our team is glad to help whenever you have a question.',
    ],
    bye: 'With kind regards.',
  },
  de: {
    hello: (name) => `Guten Tag ${name},`,
    helloAll: 'Guten Tag,',
    says: (key, value) => `Zu „${key}“ haben wir notiert: ${value}.`,
    subjects: ['Eine kurze Nachricht für Sie', 'Wie es jetzt weitergeht', 'Alles ist für Sie vorbereitet'],
    subjectsFor: [(name) => `${name}, eine kurze Nachricht für Sie`, (name) => `Willkommen, ${name}`],
    fillers: [
      'Vielen Dank für das Vertrauen, das Sie uns schenken.',
      'Wir haben Ihre Angaben sorgfältig geprüft.',
      'Wenn etwas nicht stimmt, sagen Sie uns bitte Bescheid, dann bringen wir es in Ordnung.',
      'Sie müssen im Augenblick nichts weiter tun.',
    ],
    bye: 'Mit freundlichen Grüßen.',
  },
  es: {
    hello: (name) => `Hola, ${name}:`,
    helloAll: 'Hola:',
    says: (key, value) => `En el apartado «${key}» consta: ${value}.`,
    subjects: ['Una breve nota para usted', 'Lo que viene ahora', 'Todo está listo para usted'],
    subjectsFor: [(name) => `${name}, una breve nota para usted`, (name) => `Le damos la bienvenida, ${name}`],
    fillers: [
      'Muchas gracias por la confianza que deposita en nosotros.',
      'Hemos revisado sus datos con todo cuidado.',
      'Si algo no es correcto, díganoslo y lo arreglaremos enseguida.',
      'Por ahora no tiene que hacer nada más.',
    ],
    bye: 'Reciba un cordial saludo.',
  },
  fr: {
    hello: (name) => `Bonjour ${name},`,
    helloAll: 'Bonjour,',
    says: (key, value) => `Pour « ${key} », nous avons noté : ${value}.`,
    subjects: ['Un petit mot pour vous', 'La suite des événements', 'Tout est prêt pour vous'],
    subjectsFor: [(name) => `${name}, un petit mot pour vous`, (name) => `Bienvenue, ${name}`],
    fillers: [
      'Nous vous remercions de la confiance que vous nous accordez.',
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
  const words = phrases[facts.language];
  const name = nameIn(facts);
  const unsaid = [...facts.row];
  return {
    short: () => (name === undefined ? seed.pick(words.subjects) : seed.pick(words.subjectsFor)(name)),
    sentence: () => seed.pick(words.fillers),
    long(factCount) {
      const said = unsaid.splice(0, factCount);
      const stated = said.map((fact) => words.says(humanise(fact.key), String(fact.value)));
      const opening = name === undefined ? words.helloAll : words.hello(name);
      const [first, second] = seed.shuffle(words.fillers);
      return [opening, first, ...stated, second, words.bye].filter((each) => each !== undefined).join(' ');
    },
  };
}

function nameIn(facts: Facts): string | undefined {
  const named = ['firstname', 'givenname', 'name', 'fullname', 'contactname', 'customername', 'vorname'];
  const fact = named.map((key) => facts.byKey.get(key)).find((each): each is Fact => each !== undefined);
  return fact === undefined || fact.value === '' ? undefined : String(fact.value);
}
