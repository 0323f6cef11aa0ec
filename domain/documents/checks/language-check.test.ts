import { describe, expect, it } from 'vitest';
import type { CheckSubject } from './check.ts';
import { checkLanguage } from './language-check.ts';

const found = (language: string, text: string): number =>
  checkLanguage({ answers: { intro: text }, language } as unknown as CheckSubject).length;

describe('the language of a text', () => {
  it.each([
    [
      'ca',
      'Benvolgut client, li agraïm la confiança que ha dipositat en nosaltres durant aquest any. La seva pòlissa es renova sense cap canvi.',
    ],
    ['da', 'Kære kunde, tak for den tillid, du har vist os i det forløbne år. Din police fornyes uden ændringer.'],
    [
      'fi',
      'Hyvä asiakas, kiitämme luottamuksesta, jota olette osoittaneet meille kuluneen vuoden aikana. Vakuutuksenne uusitaan ilman muutoksia.',
    ],
    ['no', 'Kjære kunde, takk for tilliten du har vist oss det siste året. Polisen din fornyes uten endringer.'],
    ['nb', 'Kjære kunde, takk for tilliten du har vist oss det siste året. Polisen din fornyes uten endringer.'],
    [
      'sk',
      'Vážený zákazník, ďakujeme vám za dôveru, ktorú ste nám prejavili v uplynulom roku. Vaša poistka sa obnovuje bez zmien.',
    ],
    ['he', 'לקוח יקר, אנו מודים לך על האמון שנתת בנו בשנה החולפת. הפוליסה שלך מתחדשת ללא שינויים, ותוכל להתקשר אלינו.'],
    ['ka', 'ძვირფასო კლიენტო, გმადლობთ ნდობისთვის, რომელიც გასულ წელს გამოგვიცხადეთ. თქვენი პოლისი განახლდება.'],
    [
      'sv',
      'Bästa kund, tack för det förtroende du har visat oss under det gångna året. Din försäkring förnyas utan ändringar.',
    ],
    [
      'cs',
      'Vážený zákazníku, děkujeme vám za důvěru, kterou jste nám v uplynulém roce projevili. Vaše pojistka se obnovuje beze změn.',
    ],
    [
      'uk',
      'Шановний клієнте, дякуємо вам за довіру, яку ви виявили нам минулого року. Ваш поліс поновлюється без змін.',
    ],
  ])('is its own in an honest letter: %s', (language, text) => {
    expect(found(language, text)).toBe(0);
  });

  it('is another one where the model wrote in English', () => {
    const english = 'Dear customer, we thank you for the trust that you have placed in us. Your policy is renewed.';
    for (const language of ['de', 'sv', 'cs', 'uk', 'ja', 'he', 'ka'])
      expect(found(language, english), language).toBe(1);
  });
});
