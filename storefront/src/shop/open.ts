import "server-only";
import { getSettings } from "../settings";
import { openDatabase, type Database } from "./database";

// Kept on globalThis: in development each change loads this module anew, and connections would pile up.
const kept = globalThis as { shopDatabase?: Database };

export const database = (): Database => (kept.shopDatabase ??= openDatabase(getSettings().databaseUrl));
