import type { PoolConfig } from "pg";

export function connection(url: string | undefined, read?: (name: string) => Promise<string>): PoolConfig;
