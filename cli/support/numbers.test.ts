import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { commands } from '../commands.ts';
import { wholeNumber } from './numbers.ts';

const program = new Command().enablePositionalOptions();
for (const register of commands) register(program);
const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)];
const numbers = all(program).flatMap((command) =>
  command.options.filter(({ flags }) => /<(number|port)>/.test(flags)).map((option) => ({ command, option })),
);

describe('a number on the command line', () => {
  it.each(['abc', '', '0', '201', '1.5', '-1', '1e2', ' 5', 'NaN'])('is refused: %j', (text) => {
    expect(() => wholeNumber(1, 200)(text)).toThrow('from 1 to 200');
  });

  it('is taken up to its bounds', () => {
    expect(['1', '200', '007'].map(wholeNumber(1, 200))).toEqual([1, 200, 7]);
  });

  it('is read by a parser wherever an option takes one, so none of them goes on with what is no number', () => {
    expect(numbers.length).toBeGreaterThan(4);
    for (const { command, option } of numbers)
      expect(() => option.parseArg?.('abc', undefined), `${command.name()} ${option.flags}`).toThrow(/number/);
    expect(numbers.filter(({ option }) => option.parseArg === undefined)).toEqual([]);
  });
});
