import { describe, expect, it } from 'vitest';
import { csvLine } from './csv-line.ts';

describe('a line of an export', () => {
  it.each([
    ['=1+1', "'=1+1"],
    ['+cmd', "'+cmd"],
    ['-2+3', "'-2+3"],
    ['@SUM(A1)', "'@SUM(A1)"],
    [' =1', "' =1"],
    ['\t=1', '"\'\t=1"'],
    ['＝1', "'＝1"],
    ['-12.50', '-12.50'],
    ['+49', '+49'],
    ['a=b', 'a=b'],
  ])('%j becomes %j', (value, cell) => {
    expect(csvLine([value])).toBe(`${cell}\r\n`);
  });

  it('quotes separators, quotes and line ends, and writes null as nothing', () => {
    expect(csvLine(['a,b', 'say "hi"', 'x\ny', null, 7])).toBe('"a,b","say ""hi""","x\ny",,7\r\n');
  });
});
