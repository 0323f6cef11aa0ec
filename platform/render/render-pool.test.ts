import { inflateSync } from 'node:zlib';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { hostileTemplates, hungry, jailOf } from '../../test/support/hostile-templates.ts';
import { createRenderPool, type RenderPool, type RenderPoolOptions } from './render-pool.ts';
import { RenderFault, type RenderJob, type RenderedDocument } from './render-protocol.ts';

const brand: RenderJob['brand'] = {
  name: 'Harbour & Lane',
  logoText: 'HARBOUR',
  colour: '#1f3a5f',
  accent: '#b4572f',
  fonts: ['Libertinus Serif'],
  addressLines: ['1 Quay Street'],
  footer: 'Registered in Ireland',
  voice: '',
};

function job(body: string, over: Partial<RenderJob> = {}, row: Record<string, string> = {}): RenderJob {
  return {
    body,
    language: 'en',
    title: 'A letter',
    scope: {
      row: { name: 'Ana', ...row },
      slots: {},
      locked: {},
      brand: { name: brand.name, footer: '', website: '', email: '', phone: '', addressLines: [] },
      batch: { name: 'b', language: 'en', date: '2026-11-24', key: 'k' },
    },
    brand,
    formats: ['pdf', 'html'],
    ...over,
  };
}

const opened: RenderPool[] = [];
function pool(options: Partial<RenderPoolOptions> = {}): RenderPool {
  const made = createRenderPool({ size: 1, ...options });
  opened.push(made);
  return made;
}
const shared = createRenderPool({ size: 1 });
afterEach(() => Promise.all(opened.splice(0).map((each) => each.close())));
afterAll(() => shared.close());

async function made(document: Promise<RenderedDocument>): Promise<{ text: string; html: string; pdf: Buffer }> {
  const result = await document;
  if (result.kind !== 'document') throw new Error(`skipped: ${result.reason}`);
  return { text: result.text, html: result.html ?? '', pdf: Buffer.from(result.pdf ?? []) };
}
const faultOf = async (document: Promise<RenderedDocument>): Promise<string> => {
  const thrown: unknown = await document.catch((error: unknown) => error);
  return thrown instanceof RenderFault ? thrown.code : JSON.stringify(thrown);
};
/** All of a PDF's bytes, its compressed streams opened. */
function pdfText(pdf: Buffer): string {
  let all = pdf.toString('latin1');
  for (const match of pdf.toString('latin1').matchAll(/stream\r?\n/g)) {
    const from = match.index + match[0].length;
    try {
      all += inflateSync(pdf.subarray(from), { finishFlush: 2 }).toString('latin1');
    } catch {
      // A stream of another kind.
    }
  }
  return all;
}

describe('a document', () => {
  it('is made as text, HTML and PDF, the same bytes each time', async () => {
    const body = '# For {{ row.name }}\n\nDear **{{ row.name }}**\n\n| a | b |\n|---|--:|\n| 1 | 2 |';
    const one = await made(shared.render(job(body)));
    expect(one.text).toBe('For Ana\n\nDear Ana\n\na\tb\n1\t2');
    expect(one.html).toContain('<p>Dear <strong>Ana</strong></p>');
    expect(one.pdf.subarray(0, 5).toString()).toBe('%PDF-');
    const other = pool();
    const two = await made(other.render(job(body)));
    expect(two.pdf.equals(one.pdf)).toBe(true);
  });

  it.each([
    ['2026-11-24', '20261124000000Z'],
    ['1969-07-20', '19700101000000Z'],
  ])('bears the day of its letter, %s, also as a file, on every machine (documents A11)', async (date, printed) => {
    const { scope } = job('x');
    const { pdf } = await made(shared.render(job('x', { scope: { ...scope, batch: { ...scope.batch, date } } })));
    expect(pdf.toString('latin1')).toContain(`/CreationDate (D:${printed}`);
  });

  it('is a tagged PDF/UA in the fonts that the engine carries', async () => {
    const { pdf } = await made(shared.render(job('# T\n\n**bold** *slanted* `code`')));
    const text = pdfText(pdf);
    const fonts = [...text.matchAll(/\/FontName ?\/[A-Z]{6}\+([A-Za-z-]+)/g)].map((match) => match[1]);
    expect(new Set(fonts)).toEqual(
      new Set(['LibertinusSerif-Regular', 'LibertinusSerif-Bold', 'LibertinusSerif-Italic', 'DejaVuSansMono']),
    );
    expect(text).toContain('/StructTreeRoot');
    expect(text).toMatch(/pdfuaid:part/);
    expect(text).toMatch(/\/Lang ?\(en\)/);
  });

  it('is set in the fonts that come with the product, whatever the machine has (A10)', async () => {
    const body = '{{ row.name }} سلام עברית สมชาย Բարեւ ქარი → ✓ ≥ ₹ 🎉 `سلام`';
    const { pdf } = await made(shared.render(job(body)));
    const fonts = [...pdfText(pdf).matchAll(/\/FontName ?\/[A-Z]{6}\+([\w-]+)/g)].map((match) => match[1]);
    expect(fonts).toEqual(
      expect.arrayContaining(['NotoSansArabic-Regular', 'NotoSansThai-Regular', 'NotoEmoji-Regular']),
    );
    expect(fonts.filter((font) => !/^(?:LibertinusSerif|DejaVuSansMono$|Noto)/.test(font ?? ''))).toEqual([]);
  });

  it('is set in the scripts of India and of Burma, in each weight that a letter has (A10)', async () => {
    const words = 'नमस्ते হ্যালো নমস্কার ਸਤਿ નમસ્તે வணக்கம் నమస్కారం ನಮಸ್ಕಾರ നമസ്കാരം မင်္ဂလာပါ';
    const { pdf, text } = await made(shared.render(job('{{ row.name }} **{{ row.name }}**', {}, { name: words })));
    const fonts = new Set([...pdfText(pdf).matchAll(/\/FontName ?\/[A-Z]{6}\+([\w-]+)/g)].map((match) => match[1]));
    const scripts = ['Bengali', 'Gurmukhi', 'Gujarati', 'Tamil', 'Telugu', 'Kannada', 'Malayalam', 'Myanmar'];
    const wanted = scripts.flatMap((script) => [`NotoSans${script}-Regular`, `NotoSans${script}-Bold`]);
    expect(wanted.filter((font) => !fonts.has(font))).toEqual([]);
    expect(text).toContain(words);
  });

  it('says which of its characters no font has before a file is made', async () => {
    const text = await shared.render(job('{{ row.name }}', { formats: [] }, { name: 'Ana 🎉 \u{13000}' }));
    expect(text).toMatchObject({ kind: 'document', missing: ['\u{13000}'], pdf: null });
  });

  it('is written from right to left where its language is', async () => {
    expect((await made(shared.render(job('x', { language: 'ar', formats: ['html'] })))).html).toContain(
      'lang="ar" dir="rtl"',
    );
  });

  it('says which character no font has, instead of printing a box', async () => {
    const error = await shared
      .render(job('{{ row.name }}', {}, { name: 'Ana \u{13000}' }))
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'render.missingGlyph', message: expect.stringContaining('\u{13000}') });
  });

  it('holds no Typst code, whatever the row says', async () => {
    const hostile = '#read("/etc/passwd") $x$ *b* @ref <tag> ] } // /* "';
    const { text } = await made(shared.render(job('{{ row.name }}', {}, { name: hostile })));
    expect(text).toBe(hostile);
  });

  it('is left out when the template says so', async () => {
    expect(await shared.render(job('{% skip "opted out" %}'))).toEqual({ kind: 'skipped', reason: 'opted out' });
  });

  it('has any shape without breaking the layout', async () => {
    const body =
      '###### deep\n\n> q\n\n1. a\n   - b\n\n---\n\n    code\n\n| a |\n|---|\n\n**\n\n- \n\n[x](https://e.com)\n\n[y](#z)';
    expect((await made(shared.render(job(body)))).pdf.length).toBeGreaterThan(1_000);
  });
});

describe('a hostile template', () => {
  it.each(hostileTemplates)('that %s fails alone, with a code', async (_, body, code) => {
    expect(await faultOf(shared.render(job(body)))).toBe(code);
    expect((await made(shared.render(job('fine')))).text).toBe('fine');
  });

  it('that keeps the PDF engine busy is killed, and the next document is made by a new process', async () => {
    const rowOf = (cell: string): string => `|${`${cell}|`.repeat(20)}\n`;
    const slow = rowOf('x') + rowOf('---') + rowOf('a').repeat(2_200);
    const impatient = pool({ timeoutMs: 120_000 });
    await made(impatient.render(job('warm')));
    // It takes five times as long on an idle machine.
    impatient.timeoutMs = 500;
    const fault = faultOf(impatient.render(job(slow)));
    const next = made(impatient.render(job('next')));
    impatient.timeoutMs = 120_000;
    expect([await fault, (await next).text]).toEqual(['render.timeout', 'next']);
    expect(impatient.stats()).toMatchObject({ killed: 1, started: 2 });
  });

  it('is not one whose answer waits to be read, as the worker was frozen for longer than a document may take', async () => {
    const one = pool({ timeoutMs: 120_000 });
    await made(one.render(job('warm')));
    one.timeoutMs = 100;
    const document = made(one.render(job('fine')));
    one.timeoutMs = 120_000;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_300);
    expect((await document).text).toBe('fine');
    expect(one.stats()).toMatchObject({ killed: 0, started: 1 });
  });

  it('that takes too much memory ends its process, again at its second try, and the next document is made', async () => {
    const small = pool({ timeoutMs: 120_000, heapMegabytes: 32 });
    expect(await faultOf(small.render(job(hungry, { formats: [] })))).toBe('render.crashed');
    expect((await made(small.render(job('fine')))).text).toBe('fine');
    expect(small.stats()).toMatchObject({ crashed: 2, killed: 0, started: 3 });
  });

  it.runIf(process.platform === 'linux')('is filled by a process without secrets', async () => {
    await made(shared.render(job('fine')));
    expect(shared.stats().processes.map(jailOf)).toEqual([
      { environment: ['NODE_CHANNEL_FD', 'NODE_CHANNEL_SERIALIZATION_MODE'], heap: '--max-old-space-size=512' },
    ]);
  });
});

describe('texts and HTML', () => {
  const text = (body: string, row: Record<string, string> = {}): RenderJob => job(body, { formats: [] }, row);
  const slowly = '{% for i in (1..900000) %}{{ row.name }}{% endfor %}';
  const names = Array.from({ length: 16 }, (_, at) => `n${at}`);
  const texts = names.map((name) => text('{{ row.name }}', { name }));

  it('that are wanted at once are sent together, and each gets its own', async () => {
    const one = pool();
    await made(one.render(text('warm')));
    const pid = one.stats().processes[0] ?? 0;
    const all = texts.map((each, at) => one.render(at % 2 ? each : { ...each, formats: ['html'] }));
    const file = made(one.render(job('file')));
    expect(await Promise.all(all.map(async (each) => (await made(each)).text))).toEqual(names);
    expect((await file).text).toBe('file');
    expect(one.stats()).toMatchObject({ documents: 18, started: 1, processes: [pid] });
  });

  it('are each made alone where the process that had them does not answer', async () => {
    const one = pool({ timeoutMs: 120_000 });
    await made(one.render(text('warm')));
    process.kill(one.stats().processes[0] ?? 0, 'SIGSTOP');
    one.timeoutMs = 50;
    // The last one fills the message, which goes at once.
    const all = texts.map((each) => one.render(each));
    one.timeoutMs = 120_000;
    expect(await Promise.all(all.map(async (each) => (await made(each)).text))).toEqual(names);
    expect(one.stats()).toMatchObject({ killed: 1, started: 2, documents: 17 });
  });

  it('beside one that ends its process are made all the same', async () => {
    const small = pool({ timeoutMs: 120_000, heapMegabytes: 32 });
    const beside = texts.slice(0, 4).map((each) => small.render(each));
    const bad = faultOf(small.render(text(hungry)));
    expect(await bad).toBe('render.crashed');
    expect(await Promise.all(beside.map(async (each) => (await made(each)).text))).toEqual(names.slice(0, 4));
    expect(small.stats()).toMatchObject({ crashed: 3, documents: 4 });
  });

  it('beside one that is no data are made all the same', async () => {
    const one = pool();
    await made(one.render(text('warm')));
    const bad = faultOf(one.render(text('b', { name: (() => 'no data') as never })));
    const beside = texts.slice(0, 3).map((each) => one.render(each));
    expect(await bad).toBe('render.failed');
    expect(await Promise.all(beside.map(async (each) => (await made(each)).text))).toEqual(names.slice(0, 3));
    expect(one.stats()).toMatchObject({ started: 1, crashed: 0, killed: 0 });
  });

  it('do not wait for a slow one that they were sent with', async () => {
    const one = pool();
    await made(one.render(text('warm')));
    const slow = faultOf(one.render(text(slowly)));
    const next = made(one.render(text('next')));
    expect(await slow).toMatch(/^template\.(?:limit|tooLong)$/);
    // The next one is answered by a message of its own.
    expect(one.stats().documents).toBe(2);
    expect((await next).text).toBe('next');
  });
});

describe('the pool', () => {
  it('replaces its processes after so many documents, and loses none', async () => {
    const recycling = pool({ size: 2, recycleAfterDocuments: 5 });
    const all = await Promise.all(
      Array.from({ length: 24 }, (_, index) =>
        made(recycling.render(job('n {{ row.name }}', { formats: [] }, { name: `${index}` }))),
      ),
    );
    expect(all.map(({ text }) => text)).toEqual(Array.from({ length: 24 }, (_, index) => `n ${index}`));
    expect(recycling.stats().recycled).toBeGreaterThanOrEqual(4);
  });

  it('replaces a process that has grown too large', async () => {
    const small = pool({ recycleAboveBytes: 1 });
    await made(small.render(job('a')));
    await made(small.render(job('b')));
    expect(small.stats()).toMatchObject({ recycled: 2, started: 2 });
  });

  it('fails what cannot be sent alone, also where it was waiting', async () => {
    const one = pool();
    const waiting = [job('a'), job('b', {}, { name: (() => 'no data') as never }), job('c')].map((each) =>
      one.render(each),
    );
    const [a, b, c] = await Promise.allSettled(waiting);
    expect([a?.status, b, c?.status]).toMatchObject(['fulfilled', { reason: { code: 'render.failed' } }, 'fulfilled']);
    expect(one.stats()).toMatchObject({ started: 1, crashed: 0 });
  });

  it('starts a process that cannot start no second time for what waits, and another for what comes then', async () => {
    const failing = pool();
    const waiting = [failing.render(job('a')), failing.render(job('b'))].map((each) => each.catch(String));
    for (const pid of failing.stats().processes) process.kill(pid, 'SIGKILL');
    const message = 'Error: The process that makes documents did not start';
    expect(await Promise.all(waiting)).toEqual([message, message]);
    expect((await made(failing.render(job('c')))).text).toBe('c');
  });

  it('ends what waits when it is closed, and leaves no process behind', async () => {
    const closing = pool();
    const waiting = [closing.render(job('a')), closing.render(job('b'))].map(faultOf);
    await closing.close();
    expect(await Promise.all(waiting)).toEqual(['render.closed', 'render.closed']);
    expect(await faultOf(closing.render(job('c')))).toBe('render.closed');
  });
});
