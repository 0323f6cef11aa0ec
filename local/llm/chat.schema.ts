import { z } from 'zod';

const TextPart = z.object({ type: z.literal('text'), text: z.string() });

/** What the stub understands of `POST /v1/chat/completions`; other fields are allowed and ignored. */
export const ChatRequest = z.looseObject({
  model: z.string(),
  messages: z.array(z.looseObject({ role: z.string(), content: z.union([z.string(), z.array(TextPart)]) })).min(1),
  response_format: z
    .discriminatedUnion('type', [
      z.looseObject({ type: z.literal('text') }),
      z.looseObject({ type: z.literal('json_object') }),
      z.looseObject({
        type: z.literal('json_schema'),
        json_schema: z.looseObject({ name: z.string(), schema: z.record(z.string(), z.unknown()) }),
      }),
    ])
    .optional(),
  max_tokens: z.int().min(1).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
  stream: z.boolean().nullish(),
});
export type ChatRequest = z.infer<typeof ChatRequest>;

/**
 * How the stub behaves apart from faults. `latencyMs` is spent on each answer, `latencyPerTokenMs` for each output token on
 * top. The buckets hold `burstSeconds` of their rate; tokens are reserved as prompt plus the most the answer may have.
 */
export const LlmSettings = z.strictObject({
  latencyMs: z.number().min(0),
  latencyPerTokenMs: z.number().min(0),
  requestsPerMinute: z.number().min(1),
  tokensPerMinute: z.number().min(1),
  burstSeconds: z.number().min(0.1).max(60),
});
export type LlmSettings = z.infer<typeof LlmSettings>;

/** Far above what one machine can ask for, so that limits show only where a test or a demo sets them. */
export const defaultLlmSettings: LlmSettings = {
  latencyMs: 0,
  latencyPerTokenMs: 0,
  requestsPerMinute: 1_000_000,
  tokensPerMinute: 1_000_000_000,
  burstSeconds: 60,
};
