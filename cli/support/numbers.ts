import { InvalidArgumentError } from 'commander';

/** Makes the parser of an option that takes a whole number; commander says what is wrong, with the option, and ends with exit code 1. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
  };
}
