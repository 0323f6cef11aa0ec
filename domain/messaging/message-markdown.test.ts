import { describe, expect, it } from 'vitest';
import { textOf } from './message-text.ts';
import { renderMessage } from './render-message.ts';

/** What stands in the frame. */
const html = (markdown: string, variables = {}): string => {
  const message = renderMessage({ subject: 'x', markdown }, variables, null);
  return /<div[^>]*>([\s\S]*)<\/div>/.exec(message.html)?.[1]?.trim() ?? '';
};
const code = 'SAVE-20_X.1';
const url = 'https://shop.example/a-b_c?x=1&y=2';

describe('values in Markdown (platform-forms-client#854, python-markdownify#102)', () => {
  it.each([
    ['`{{ code }}`', '<p><code>SAVE-20_X.1</code></p>', 'SAVE-20_X.1'],
    ['```\n{{ code }} {{ tags }}\n```', '<pre><code>SAVE-20_X.1 &lt;b&gt;*x*\n</code></pre>', 'SAVE-20_X.1 <b>*x*\n'],
    ['    {{ code }}', '<pre><code>SAVE-20_X.1\n</code></pre>', 'SAVE-20_X.1\n'],
    ['{% capture c %}{{ code }}!{% endcapture %}{{ c }}', '<p>SAVE-20_X.1!</p>', 'SAVE-20_X.1!'],
    ['{% capture c %}**{{ tags }}**{% endcapture %}{{ c }}', '<p><strong>&lt;b&gt;*x*</strong></p>', '<b>*x*'],
    ['{% capture c %}{{ code }}{% endcapture %}{% if c == code %}same{% endif %}', '<p>same</p>', 'same'],
    ['{% capture c %}{{ tags }}{% endcapture %}{{ c | append: "." }}', '<p>&lt;b&gt;*x*.</p>', '<b>*x*.'],
    ['# For {{ tags }}', '<h1>For &lt;b&gt;*x*</h1>', 'For <b>*x*'],
    ['**{{ code }}**', '<p><strong>SAVE-20_X.1</strong></p>', 'SAVE-20_X.1'],
    ['{{ address }}', '<p>Total<br>\n=====<br>\n<br>\n    1 Road</p>', 'Total\n=====\n\n1 Road'],
    ['{{ address | newline_to_br }}', '<p>Total<br>\n=====<br>\n<br>\n    1 Road</p>', 'Total\n=====\n\n1 Road'],
    ['{{ tags | escape }}', '<p>&lt;b&gt;*x*</p>', '<b>*x*'],
    ['{{ number }}. one\n{{ number | plus: 1 }}. two', '<ol>\n<li>one</li>\n<li>two</li>\n</ol>', ' 1. one\n 2. two'],
    [
      '| Item | Price |\n|:--|--:|\n| {{ pipes }} | {{ number }} |',
      '<table>\n<thead>\n<tr>\n<th style="text-align:left">Item</th>\n<th style="text-align:right">Price</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td style="text-align:left">a | b</td>\n<td style="text-align:right">1</td>\n</tr>\n</tbody>\n</table>',
      'Item    Price\na | b   1',
    ],
  ])('%j', (markdown, expected, text) => {
    const made = html(markdown, {
      code,
      tags: '<b>*x*',
      address: 'Total\r\n=====\n\n    1 Road',
      number: 1,
      pipes: 'a | b',
    });
    expect(made).toBe(expected);
    expect(textOf(made)).toBe(text);
  });
});

describe('values in addresses (listmonk#3139, roadmap#1611, mautic#3825, mautic#11643)', () => {
  const name = 'Ana María & Söhne';
  it.each([
    ['<{{ url }}>', url],
    ['<{{ url }}#end>', `${url}#end`],
    ['<https://shop.example/{{ code }}>', `https://shop.example/${code}`],
    ['[Go]({{ url }})', url],
    ['[Go]({{ url }}&n={{ name }})', `${url}&n=Ana%20Mar%C3%ADa%20%26%20S%C3%B6hne`],
    ['[Go](https://x.example/?n={{ name }})', 'https://x.example/?n=Ana%20Mar%C3%ADa%20%26%20S%C3%B6hne'],
    ['[Go](https://x.example/?n={{ name | url_encode }})', 'https://x.example/?n=Ana+Mar%C3%ADa+%26+S%C3%B6hne'],
    ['[Go](https://x.example/?next={{ url }})', `https://x.example/?next=${encodeURIComponent(url)}`],
    ['[Go](https://x.example/{{ folders }}/{{ code }})', `https://x.example/a/caf%C3%A9%3F/${code}`],
    ['[Go]({{ blanks }})', 'https://x.example/a%20b?c=d%20e'],
    ['[Go][1]\n\n[1]: {{ url }}', url],
    ['[Open](shopapp://cart/{{ code }})', `shopapp://cart/${code}`],
    [
      '[Write](mailto:a@b.example?subject={{ name }})',
      'mailto:a@b.example?subject=Ana%20Mar%C3%ADa%20%26%20S%C3%B6hne',
    ],
    ['![Logo](https://x.example/{{ code }}.png)', `https://x.example/${code}.png`],
  ])('%s', (markdown, address) => {
    const variables = { url, code, name, folders: 'a/caf%C3%A9?', blanks: ' https://x.example/a b?c=d e' };
    const made = html(markdown, variables);
    expect(/(?:href|src)="([^"]*)"/.exec(made)?.[1]?.replaceAll('&amp;', '&')).toBe(address);
    expect(textOf(made)).not.toContain('[Go]');
  });

  it.each([
    ['[Go]({{ x }})', { x: 'javascript:alert(1)' }, '<p>Go</p>'],
    ['[Go](JavaScript:alert(1))', {}, '<p>Go</p>'],
    ['[Go]({{ x }}script:alert(1))', { x: 'java' }, '<p>Go</p>'],
    ['<{{ x }}>', { x: 'data:text/html,x' }, '<p>data:text/html,x</p>'],
    ['<{{ x }}>', { x: 'no address' }, '<p>no address</p>'],
    ['[Go]({{ x }})', { x: '' }, '<p>Go</p>'],
    ['![Logo **{{ x }}**](http://x.example/a.png)', { x: 'of us' }, '<p>Logo <strong>of us</strong></p>'],
    ['![Logo]({{ x }})', { x: 'data:image/png;base64,AAAA' }, '<p>Logo</p>'],
    ['<b onclick="x()">{{ x }}</b>', { x: 'a' }, '<p>&lt;b onclick=&quot;x()&quot;&gt;a&lt;/b&gt;</p>'],
  ])('leaves the words alone where it is none: %s %o', (markdown, variables, expected) => {
    expect(html(markdown, variables)).toBe(expected);
  });

  it('lets a value neither end an attribute nor stand for another one', () => {
    const made = html('![{{ x }}](https://x.example/{{ x }} "{{ x }}") {{ x }}', { x: '"><script>\uE0000\uE001' });
    expect(made).not.toContain('<script');
    expect(made.match(/"/g)).toHaveLength(8);
  });

  it('shows a picture with its words, which are what the text has', () => {
    const made = html('![Our {{ x }}](https://x.example/logo.png)', { x: 'shop' });
    expect(made).toBe('<p><img src="https://x.example/logo.png" alt="Our shop" style="max-width:100%"></p>');
    expect(textOf(made)).toBe('Our shop');
  });
});

describe('a subject (useSend#396, keila#111)', () => {
  const subjectOf = (subject: string | { words: string }, variables = {}): string =>
    renderMessage({ subject, markdown: 'x' }, variables, null).subject;

  it.each([
    ['Hello {{ name | default: "you" }}', {}, 'Hello you'],
    ['For {{ name }}', { name: '{{ x }} {% y %} & "z"\nA' }, 'For {{ x }} {% y %} & "z" A'],
    [{ words: '50 {% off %} {{ now }}' }, {}, '50 {% off %} {{ now }}'],
  ])('%o with %o', (subject, variables, expected) => {
    expect(subjectOf(subject, variables)).toBe(expected);
  });

  it('is refused where nothing is in it', () => {
    expect(() => subjectOf('{{ name }}', { name: '' })).toThrow('the subject came out empty');
  });
});
