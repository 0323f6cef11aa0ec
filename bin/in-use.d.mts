export declare function holdBuild(root: string, args: readonly string[]): void;
export declare function holderOf(root: string): number | null;
