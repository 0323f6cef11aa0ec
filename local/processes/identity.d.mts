export declare function birthOf(pid: number): string | null;
export declare function isSameProcess(written: { pid: number; birth: string }): boolean;
