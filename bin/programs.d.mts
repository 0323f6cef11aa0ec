export declare class LauncherError extends Error {}
export declare function findNode(
  root: string,
  running?: string,
  platform?: NodeJS.Platform,
  arch?: NodeJS.Architecture,
): string;
