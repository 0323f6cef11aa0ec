/** Where the step display writes: standard error, or a test's own. */
export type StepOutput = { isTTY?: boolean; columns?: number; write(text: string): unknown };
export declare function duration(ms: number): string;
export declare function step<T>(
  label: string,
  work: (tell: (detail: string) => void) => Promise<T> | T,
  out?: StepOutput,
): Promise<T>;
