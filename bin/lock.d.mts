export declare function alone<T>(path: string, work: () => Promise<T>, doing?: string): Promise<T>;
export declare function isAlive(pid: number): boolean;
