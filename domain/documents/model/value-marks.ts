import { markOf, markPattern } from '../../templates/marks.ts';

/**
 * The values of a template while its Markdown is read. Each stands there as one mark, which Markdown takes for a letter: so no value can
 * become structure or end one, wherever the template has it. The document model puts the values in.
 */
export class ValueMarks {
  readonly #values: string[] = [];

  /** How many characters all values have together. */
  get characters(): number {
    return this.#values.reduce((sum, value) => sum + value.length, 0);
  }

  /** The mark of a value; nothing for one without a word. Spaces at the ends of its lines go, blank lines become one. */
  mark(value: string): string {
    const lines = value.split(lineEnd).map((line) => line.trim());
    const text = lines
      .join('\n')
      .trim()
      .replaceAll(/\n{3,}/g, '\n\n');
    return text === '' ? '' : markOf(this.#values.push(text) - 1);
  }

  /** A text as its own words and the values in it, in their order. */
  parts(text: string): { isValue: boolean; text: string }[] {
    return text
      .split(markPattern)
      .map((part, at) => (at % 2 === 0 ? { isValue: false, text: part } : { isValue: true, text: this.#value(part) }))
      .filter((part) => part.text !== '');
  }

  /** A text with its values in it as they are. */
  fill(text: string): string {
    return text.replaceAll(markPattern, (_, index: string) => this.#value(index));
  }

  /**
   * A link's target with its values. One at the beginning is an address or the beginning of one; each other one is a part that can change
   * neither the host nor what the parts around it mean. What is percent-encoded already stays so.
   */
  fillTarget(target: string): string {
    return target.replaceAll(markPattern, (_, index: string, at: number) => {
      const value = this.#value(index);
      return at === 0 ? value : encodePart(value, target.slice(0, at));
    });
  }

  #value(index: string): string {
    return this.#values[Number(index)] ?? '';
  }
}

/** The ends of lines, also as a word processor (U+000B), a printer (U+000C) and Unicode itself write them: all break a line alike in each format. */
const lineEnd = /\r\n?|[\n\v\f\u0085\u2028\u2029]/;

function encodePart(value: string, before: string): string {
  const encoded = encodeURIComponent(value).replaceAll(/%25(?=[\dA-F]{2})/gi, '%');
  if (/^mailto:[^?]*$/i.test(before)) return encoded.replaceAll('%40', '@');
  const isInPath = /^\w+:\/\/[^/?#]+\/[^?#]*$/.test(before);
  return isInPath ? encoded.replaceAll('%2F', '/') : encoded;
}
