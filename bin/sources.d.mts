/** Size and time of change of files, by path. */
export type Stamps = Record<string, string>;
export declare function stampsOf(root: string, folders: readonly string[], settings: readonly string[]): Stamps;
export declare function hashOf(stamps: Stamps): string;
export declare function compare(before: Stamps, now: Stamps): { changed: string[]; gone: string[] };
export declare function readStamps(path: string): Stamps;
