import { messageOf, openai, type ChatRequest, type No, type Said, type ServerDialect } from './dialect-server.ts';

/** The ways of asking for an answer in JSON, as servers name them in a request. */
const formatOf = (body: ChatRequest): string | undefined => body.response_format?.type;

/** OpenAI's refusal of a parameter, or of its value. */
const unsupported = (param: string, message: string, code = 'unsupported_parameter'): No => [
  400,
  { error: { message, type: 'invalid_request_error', param, code } },
];

/** The refusal of servers that are made with pydantic, of any field but these. */
const extraForbidden = (body: ChatRequest, known: readonly string[]): { name: string; input: unknown } | null => {
  const name = Object.keys(body).find((each) => !known.includes(each));
  return name === undefined ? null : { name, input: body[name] };
};

const always = ['model', 'messages', 'stream', 'temperature'];

/** Dialects of servers as they are described in public. Each is what one kind of them does; none is a copy of its code. */
export const dialects: readonly ServerDialect[] = [
  { name: 'OpenAI', source: 'platform.openai.com/docs/guides/structured-outputs' },
  {
    name: 'an OpenAI model that thinks',
    source: 'one-hub#346, ai_automation_suggester#38, aichat#1144, langchain#32477',
    thoughts: 900,
    refuses(body) {
      if ('max_tokens' in body) {
        const message =
          "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.";
        return unsupported('max_tokens', message);
      }
      if (!('temperature' in body)) return null;
      const message = `Unsupported value: 'temperature' does not support ${String(body['temperature'])} with this model. Only the default (1) value is supported.`;
      return unsupported('temperature', message, 'unsupported_value');
    },
  },
  {
    name: 'Azure AI Foundry',
    source: 'hindsight#3518, zed#52000',
    refuses: (body) =>
      'prompt_cache_key' in body
        ? [
            400,
            {
              error: {
                code: 'unrecognized_request_argument',
                message: 'Unrecognized request argument supplied: prompt_cache_key',
              },
            },
          ]
        : null,
  },
  {
    name: 'Mistral',
    source: 'eca#231, eca#315, zed#57122, platform-docs-public#7, php-mistral#76',
    limits: ['max_tokens'],
    refuses(body) {
      const extra = extraForbidden(body, [...always, 'max_tokens', 'response_format', 'tools', 'tool_choice']);
      if (!extra) return null;
      const detail = { type: 'extra_forbidden', loc: ['body', extra.name], msg: 'Extra inputs are not permitted' };
      const message = { detail: [{ ...detail, input: extra.input }] };
      return [422, { object: 'error', message, type: 'invalid_request_error', param: null, code: null }];
    },
  },
  {
    name: 'vLLM of 2024 with a template without a system role',
    source: 'MaxKB#2912, void#128, vllm#6862, autogen#1037, conversations#197',
    limits: ['max_tokens'],
    refuses(body) {
      const extra = extraForbidden(body, [...always, 'max_tokens', 'response_format', 'tools', 'tool_choice']);
      const roles = body.messages.map(({ role }) => role);
      const inTurns = roles.every((role, at) => role === (at % 2 === 0 ? 'user' : 'assistant'));
      const message = extra
        ? `[{'type': 'extra_forbidden', 'loc': ('body', '${extra.name}'), 'msg': 'Extra inputs are not permitted', 'input': ${JSON.stringify(extra.input)}}]`
        : 'Conversation roles must alternate user/assistant/user/assistant/...';
      if (!extra && inTurns) return null;
      return [400, { object: 'error', message, type: 'BadRequestError', param: null, code: 400 }];
    },
  },
  {
    name: 'vLLM with a model that thinks and a short context',
    source: 'vllm#42474, vllm#16182',
    thoughts: 300,
    refuses(body) {
      const asked = Number(body['max_completion_tokens'] ?? body['max_tokens'] ?? 0);
      const prompt = body.messages.reduce((sum, { content }) => sum + Math.ceil(content.length / 4), 0);
      if (asked + prompt <= 2_048) return null;
      const message = `This model's maximum context length is 2048 tokens. However, you requested ${asked} output tokens and your prompt contains at least ${prompt} input tokens, for a total of at least ${asked + prompt} tokens.`;
      return [400, { error: { message, type: 'BadRequestError', param: 'input_tokens', code: 400 } }];
    },
    shape: (said, body) => reshaped(said, body, { ...messageOf(said), reasoning_content: said.thoughts }),
  },
  {
    name: 'Ollama with a model that thinks',
    source: 'ollama#7125, ollama#14464, zettelrobbe#74, DeepSeek-R1#352',
    thoughts: 500,
    limits: ['max_tokens'],
    shape: (said, body) =>
      reshaped(said, body, { role: 'assistant', content: `<think>\n${said.thoughts}\n</think>\n\n${said.text ?? ''}` }),
  },
  {
    name: 'llama.cpp with a schema that makes no grammar',
    source: 'llama.cpp#19051, llama.cpp#19349, FastFlowLM#554',
    enforces: ['json_object'],
    refuses: (body) =>
      formatOf(body) === 'json_schema'
        ? [400, { error: { code: 400, message: 'Failed to parse grammar', type: 'invalid_request_error' } }]
        : null,
    shape: (said, body) =>
      reshaped(said, body, {
        role: 'assistant',
        content: `Here it is:\n\`\`\`JSON\n${said.text ?? ''}\n\`\`\`\nDone.`,
      }),
  },
  {
    name: 'DeepSeek',
    source: 'llm-exe#662, inspect_ai#4916, stagehand#1204',
    enforces: ['json_object'],
    refuses(body) {
      const no = (message: string): No => [
        400,
        { error: { message, type: 'invalid_request_error', param: null, code: 'invalid_request_error' } },
      ];
      if (formatOf(body) === 'json_schema') return no('This response_format type is unavailable now');
      const isTold = body.messages.some(({ content }) => /json/i.test(content));
      if (formatOf(body) === undefined || isTold) return null;
      return no("Prompt must contain the word 'json' in some form to use 'response_format' of type 'json_object'");
    },
    shape: (said, { model }) =>
      JSON.stringify({
        model,
        choices: [{ message: messageOf(said), finish_reason: 'stop' }],
        usage: { prompt_tokens: said.inputTokens, completion_tokens: said.outputTokens, prompt_cache_hit_tokens: 64 },
      }),
  },
  {
    name: 'a server that knows tools alone',
    source: 'DeepSeek-R1#614, presenton#676',
    enforces: ['tool'],
    refuses: (body) =>
      formatOf(body) === undefined
        ? null
        : [400, { error: { message: `This model does not support response_format ${formatOf(body)}.` } }],
  },
  {
    name: 'Gemini through its OpenAI endpoint',
    source: 'PromptFuzz#42, zammad#5981, openhanako#394, any-llm#1290, clarifai-python#978',
    thoughts: 400,
    refuses(body) {
      const known = [...always, 'max_completion_tokens', 'max_tokens', 'response_format', 'tools', 'tool_choice'];
      const extra = extraForbidden(body, known);
      if (!extra) return null;
      const message = `Invalid JSON payload received. Unknown name "${extra.name}": Cannot find field.`;
      return [400, [{ error: { code: 400, message, status: 'INVALID_ARGUMENT' } }]];
    },
    shape: (said, { model }) =>
      JSON.stringify({
        model,
        choices: [{ message: messageOf(said), finish_reason: said.isCut ? 'length' : 'stop' }],
        usage: {
          prompt_tokens: said.inputTokens,
          completion_tokens: said.outputTokens - said.thoughtTokens,
          total_tokens: said.inputTokens + said.outputTokens,
        },
      }),
  },
  {
    name: 'Claude through its OpenAI endpoint',
    source: 'platform.claude.com/docs, OpenAI SDK compatibility: response_format is ignored; oli#7 for its words',
    enforces: [],
    refuses(body) {
      if (!('prompt_cache_key' in body)) return null;
      const message = 'prompt_cache_key: Extra inputs are not permitted';
      return [400, { error: { code: 'invalid_request_error', message, type: 'invalid_request_error', param: null } }];
    },
  },
  {
    name: 'a server of plain text',
    source: 'fabrice-ai#118, void#128',
    enforces: [],
    refuses(body) {
      const extra = extraForbidden(body, [...always, 'max_tokens']);
      return extra && [422, { detail: [{ loc: ['body', extra.name], msg: 'extra fields not permitted' }] }];
    },
    limits: ['max_tokens'],
  },
  {
    name: 'LM Studio',
    source: 'lmstudio-bug-tracker#169, lmstudio-bug-tracker#189, esperanto#46',
    enforces: ['json_schema', 'tool'],
    refuses: (body) =>
      formatOf(body) === 'json_object'
        ? [400, { error: "'response_format.type' must be 'json_schema' or 'text'" }]
        : null,
  },
  {
    name: 'a proxy that streams unasked',
    source: 'inspect_ai#3687',
    shape(said, { model }) {
      const text = said.text ?? '';
      const halves = [text.slice(0, text.length / 2), text.slice(text.length / 2)];
      const events = halves.map((content) => ({ model, choices: [{ index: 0, delta: { content } }] }));
      const usage = { prompt_tokens: said.inputTokens, completion_tokens: said.outputTokens };
      const end = { model, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage };
      return [...events, end].map((event) => `data: ${JSON.stringify(event)}\n\n`).join('') + 'data: [DONE]\n\n';
    },
  },
];

/** OpenAI's shape with another message. */
function reshaped(said: Said, body: ChatRequest, message: object): string {
  const reply = JSON.parse(openai(said, body)) as { choices: object[] };
  return JSON.stringify({ ...reply, choices: [{ ...reply.choices[0], message }] });
}
