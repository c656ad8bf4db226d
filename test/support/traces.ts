import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';

/** Where these texts stand: each column of each table that has one in any of its rows, with how many. */
export async function tracesInTables(dataSource: DataSource, texts: string[]): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const { tableName } of dataSource.entityMetadatas) {
    const rows = await dataSource.query<Record<string, unknown>[]>(`SELECT * FROM ${tableName}`);
    for (const row of rows)
      for (const [column, value] of Object.entries(row)) {
        const text = String(value).replaceAll(/[\s().-]/g, '');
        const isTrace = texts.some((one) => String(value).includes(one) || text.includes(one));
        if (isTrace) found[`${tableName}.${column}`] = (found[`${tableName}.${column}`] ?? 0) + 1;
      }
  }
  return found;
}

/** Files below a folder that have one of these texts in their bytes. */
export function tracesInFiles(folder: string, texts: string[]): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const path = join(folder, name);
    if (!statSync(path).isFile()) return false;
    const bytes = readFileSync(path);
    return texts.some((text) => bytes.includes(text));
  });
}
