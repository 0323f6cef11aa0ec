export declare function alone<T>(path: string, work: () => Promise<T>): Promise<T>;
