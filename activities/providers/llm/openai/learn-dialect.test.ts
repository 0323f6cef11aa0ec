import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createLlmClient, type LlmClient } from './llm-client.ts';

type Body = { max_completion_tokens?: number; response_format?: { type: string; json_schema?: { name: string } } };

/** A service that refuses what `refusal` says, and answers all else; `bodies` are the requests that it was asked with. */
async function serve(refusal: (body: Body) => { status: number; text: string } | null): Promise<{
  bodies: Body[];
  llm: LlmClient;
}> {
  const bodies: Body[] = [];
  const answer = {
    choices: [{ finish_reason: 'stop', message: { content: '{"a":"x"}' } }],
    usage: { prompt_tokens: 5, completion_tokens: 5 },
  };
  const server = createServer((request, response) => {
    void json(request).then((given) => {
      const body = given as Body;
      bodies.push(body);
      const refused = refusal(body);
      response.writeHead(refused?.status ?? 200).end(refused?.text ?? JSON.stringify(answer));
    });
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  return { bodies, llm: createLlmClient({ baseUrl, apiKey: 'k' }) };
}

function ask(llm: LlmClient, name: string): Promise<string> {
  const schema = {
    type: 'object',
    additionalProperties: false,
    required: ['a'],
    properties: { a: { type: 'string' } },
  };
  const messages = [{ role: 'user' as const, content: 'a letter' }];
  return llm
    .complete({ model: 'm', messages, jsonSchema: { name, schema }, maxOutputTokens: 100, timeoutMs: 30_000 })
    .then(
      ({ kind }) => kind,
      (error: unknown) => String(error),
    );
}

describe('what a refusal says of the way a model is asked', () => {
  it('is kept for the schema alone that the service cannot read, not for all others (dspy#8793, vllm#21148)', async () => {
    const { bodies, llm } = await serve(({ response_format: format }) => {
      if (format?.json_schema?.name !== 'odd') return null;
      const message = "Invalid schema for response_format 'odd': In context=(), 'uniqueItems' is not permitted.";
      return { status: 400, text: JSON.stringify({ error: { message, param: 'response_format' } }) };
    });
    for (const name of ['plain', 'odd', 'plain', 'odd']) expect(await ask(llm, name)).toBe('answer');
    const asked = bodies.map(({ response_format: format }) => format?.json_schema?.name ?? format?.type);
    expect(asked).toEqual(['plain', 'odd', 'odd', 'json_object', 'plain', 'json_object']);
  });

  it('is not looked for in the page of a proxy, which is full of such words', async () => {
    let isFirst = true;
    const page = '<!doctype html><html itemtype="http://schema.org/WebPage">max_completion_tokens</html>';
    const { bodies, llm } = await serve(() => {
      if (!isFirst) return null;
      isFirst = false;
      return { status: 500, text: page };
    });
    expect(await ask(llm, 'plain')).toContain('The model service failed (500)');
    expect(await ask(llm, 'plain')).toBe('answer');
    expect(bodies.map(({ max_completion_tokens: most }) => most)).toEqual([100, 100]);
  });
});
