export declare function isInstalled(root: string): boolean;
export declare function npmCache(root: string, usual?: string): string;
