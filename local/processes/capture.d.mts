/** Where and how a captured program runs; `onLine` gets each line that it prints as it comes. */
export type CaptureOptions = { cwd?: string; env?: NodeJS.ProcessEnv; onLine?(line: string): void };
export declare function capture(
  command: string,
  args: readonly string[],
  options?: CaptureOptions,
): Promise<{ code: number; output: string }>;
export declare function endCaptured(): Promise<void>;
