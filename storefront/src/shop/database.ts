import { PrismaPg } from "@prisma/adapter-pg";
import { connection } from "../../scripts/connection.mjs";
import { PrismaClient, type Prisma } from "../generated/prisma/client";

export type Database = PrismaClient;
export type Transaction = Prisma.TransactionClient;

/** Opens the shop's database; `connections` is the most that are open at once. */
export const openDatabase = (url: string, connections = 10): Database =>
  new PrismaClient({
    adapter: new PrismaPg({ ...connection(url), max: connections }),
    // Buyers of the last piece wait for each other; Prisma's own 2 s and 5 s would turn them away in a rush.
    transactionOptions: { maxWait: 15_000, timeout: 20_000 },
  });
