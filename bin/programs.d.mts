export declare class LauncherError extends Error {}
export declare function directHere(env?: NodeJS.ProcessEnv): NodeJS.ProcessEnv;
export declare function findNode(
  root: string,
  running?: string,
  platform?: NodeJS.Platform,
  arch?: NodeJS.Architecture,
): string;
