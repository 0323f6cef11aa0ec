export declare function sourceState(root: string): string;
