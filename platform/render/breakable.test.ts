import { describe, expect, it } from 'vitest';
import type { Block } from '../../domain/documents/model/document-model.ts';
import { markdownModel } from '../../domain/documents/model/markdown-model.ts';
import { modelText } from '../../domain/documents/model/model-text.ts';
import { breakable } from './breakable.ts';
import { familiesOf } from './letter-fonts.ts';

const word = 'Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetzesentwurfsvorlagenmappe';
const broken = (block: Block | undefined): boolean => block !== undefined && modelText([block]).includes('\u200B');

describe('a word that is too long for where it stands', () => {
  it.each([
    ['a heading', `# ${word}`],
    ['a paragraph', word],
    ['strong words', `**${word}**`],
    ['a cell', `| a | b |\n|---|---|\n| ${word} | 2 |`],
    ['an item', `- ${word}`],
    ['a quote', `> ${word}`],
    ['code', `\`${word}\``],
  ])('may break anywhere (typst#674, #2589): %s', (_, source) => {
    const [block] = breakable(markdownModel(source));
    expect(broken(block)).toBe(true);
    expect(modelText(block ? [block] : []).replaceAll('\u200B', '')).toBe(modelText(markdownModel(source)));
  });

  it.each([
    '这是一封关于您的保险合同的信，其中包含所有重要信息。'.repeat(5),
    'この手紙には、契約に関する大切な情報が書かれています。'.repeat(5),
    'จดหมายฉบับนี้มีข้อมูลสำคัญเกี่ยวกับกรมธรรม์ของคุณ'.repeat(5),
  ])('is no sentence of a script without spaces: its lines end by rules of its own (wkhtmltopdf#4812)', (sentence) => {
    expect(broken(breakable(markdownModel(sentence))[0])).toBe(false);
    const [long] = breakable(markdownModel(`${sentence}${word}${sentence}`));
    const text = modelText(long ? [long] : []);
    expect(text).toContain('R\u200Bi\u200Bn\u200Bd');
    expect([text.split('\u200B').length, text.replaceAll('\u200B', '')]).toEqual([
      word.length,
      sentence + word + sentence,
    ]);
  });

  it('is one in a narrow cell sooner than in a line, and no part of a character is cut off', () => {
    const [line, table] = breakable(
      markdownModel(
        'Haftpflichtversicherung\n\n| a | b | c | d | e |\n|-|-|-|-|-|\n| Haftpflichtversicherung | | | | |',
      ),
    );
    expect([broken(line), broken(table)]).toEqual([false, true]);
    expect(modelText(breakable(markdownModel('👩‍💻'.repeat(20))))).toContain('👩‍💻\u200B👩‍💻');
  });
});

describe('the families of a letter', () => {
  it('are those that come with the product alone, the forms of its language first', () => {
    expect(familiesOf(['Comic Sans MS', 'Noto Sans'], 'en')[0]).toBe('Noto Sans');
    expect(familiesOf(['Comic Sans MS'], 'en')).not.toContain('Comic Sans MS');
    const [ja, zh] = [familiesOf([], 'ja'), familiesOf([], 'zh-TW')];
    expect(ja.indexOf('Noto Sans JP')).toBeLessThan(ja.indexOf('Noto Sans SC'));
    expect(zh.indexOf('Noto Sans SC')).toBeLessThan(zh.indexOf('Noto Sans JP'));
  });
});
