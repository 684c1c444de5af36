export function seed(databaseUrl: string): Promise<number>;
