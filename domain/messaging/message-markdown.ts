import MarkdownIt from 'markdown-it';
import type { StateCore, StateInline, Token } from 'markdown-it';
import { markPattern } from '../templates/marks.ts';
import { type MarkedText, type MarkedValue, unmarked } from './marked-values.ts';

type Values = readonly MarkedValue[];

/** Markdown without HTML in it. Addresses are looked at once their values are in them, so none is refused before. */
const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false });
const encodeAddress = markdown.normalizeLink;
markdown.normalizeLink = (address) => address;
markdown.normalizeLinkText = (address) => address;
markdown.validateLink = () => true;
markdown.inline.ruler.before('autolink', 'value-autolink', readValueAutolink);
markdown.core.ruler.push('values', (state: StateCore) => {
  const { values } = state.env as { values: Values };
  for (const token of state.tokens) fillToken(token, values, state.Token);
});

/**
 * The HTML of a filled body. Each value is the text that it is, wherever it stands: in a heading, a table, code; a line of it is a line.
 * In the target of a link the value at its beginning is an address, any other is encoded as a part of one. Links lead anywhere but
 * into scripts and files, a picture comes over https or is its words alone.
 */
export function htmlOf({ text, values }: MarkedText): string {
  return markdown.render(text, { values });
}

type NewToken = StateCore['Token'];

function fillToken(token: Token, values: Values, New: NewToken): void {
  const fill = (text: string): string => unmarked({ text, values });
  if (token.children) token.children = fillInline(token.children, values, New);
  else if (token.content !== '') token.content = fill(token.content);
  token.info = fill(token.info);
}

function fillInline(children: readonly Token[], values: Values, New: NewToken): Token[] {
  const filled: Token[] = [];
  let isDropped = false;
  for (const token of children) {
    if (token.type === 'link_open') isDropped = !fillTarget(token, 'href', values);
    if (isDropped && (token.type === 'link_open' || token.type === 'link_close')) continue;
    if (token.type === 'text') filled.push(...linesOf(unmarked({ text: token.content, values }), New));
    else if (token.type === 'image' && !fillTarget(token, 'src', values))
      filled.push(...fillInline(token.children ?? [], values, New));
    else {
      fillToken(token, values, New);
      filled.push(token);
    }
  }
  return filled;
}

/** A text with its line ends as tokens. */
function linesOf(text: string, New: NewToken): Token[] {
  return text.split('\n').flatMap((line, index) => {
    const token = new New('text', '', 0);
    token.content = line;
    return index === 0 ? [token] : [new New('hardbreak', 'br', 0), token];
  });
}

/** Puts the values into the address of a link or a picture. @returns whether it can be used */
function fillTarget(token: Token, name: 'href' | 'src', values: Values): boolean {
  const address = addressOf(String(token.attrGet(name) ?? ''), values);
  const isUsable = name === 'src' ? /^https:\/\//i.test(address) : isLink(address, token.markup === 'autolink');
  if (!isUsable) return false;
  token.attrSet(name, address);
  if (name === 'src') token.attrSet('style', 'max-width:100%');
  const title = token.attrGet('title');
  if (title !== null) token.attrSet('title', unmarked({ text: String(title), values }));
  return true;
}

function addressOf(target: string, values: Values): string {
  const filled = target.replaceAll(markPattern, (_, place: string, at: number) => {
    const value = values[Number(place)];
    if (!value) return '';
    if (value.isEncoded) return value.text;
    return at === 0 ? value.text.trim() : encodePart(value.text, /[?#]/.test(target.slice(0, at)));
  });
  return encodeAddress(filled.trim());
}

/** A value inside an address. In a path it may name folders, and be encoded already, as names that came from an address are. */
function encodePart(value: string, isInQuery: boolean): string {
  const encoded = encodeURIComponent(value.replaceAll(/\p{Cs}/gu, '\uFFFD'));
  return isInQuery ? encoded : encoded.replaceAll('%2F', '/').replaceAll(/%25(?=[\da-f]{2})/gi, '%');
}

/** Whether a link may lead there: to another site or into an app. What must name a scheme to be a link does. */
function isLink(address: string, mustHaveScheme: boolean): boolean {
  if (address === '') return false;
  const scheme = /^([a-z][a-z\d+.-]*):/i.exec(address)?.[1];
  if (scheme === undefined) return !mustHaveScheme;
  return !/^(javascript|vbscript|data|file|blob|filesystem)$/i.test(scheme);
}

/** `<{{ url }}>`: Markdown's own rule wants to see a scheme, and here it is in the value. */
function readValueAutolink(state: StateInline, silent: boolean): boolean {
  const [whole, address] = /^<(\uE000\d+\uE001[^<>\s]*)>/.exec(state.src.slice(state.pos)) ?? [];
  if (whole === undefined || address === undefined) return false;
  if (!silent) {
    for (const [type, nesting] of [
      ['link_open', 1],
      ['text', 0],
      ['link_close', -1],
    ] as const) {
      const token = state.push(type, type === 'text' ? '' : 'a', nesting);
      if (type === 'link_open') token.attrSet('href', address);
      if (type === 'text') token.content = address;
      else token.markup = 'autolink';
    }
  }
  state.pos += whole.length;
  return true;
}
