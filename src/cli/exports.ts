import { instant, type Context, type Option } from './command.js';
import type { Sink } from './files.js';
import { jsonLine } from './output.js';
import type { Query } from './service.js';
import { copy, cutOff, Progress, sinkOf } from './transfer.js';

export interface ExportOptions {
  from?: string;
  to?: string;
  format?: 'csv' | 'json';
  out?: string;
  force?: boolean;
  json?: boolean;
}

export const EXPORT_OPTIONS: readonly Option[] = [
  { flags: '--from <instant>', about: 'from then on, ISO 8601', read: instant },
  { flags: '--to <instant>', about: 'before then, ISO 8601', read: instant },
  { flags: '--format <format>', about: 'csv (default), or json: one array', choices: ['csv', 'json'] },
  { flags: '--out <file>', about: 'into this file, whole or not at all, instead of standard output' },
  { flags: '--force', about: 'in place of a file that is there' },
];

const ALL = Number.MAX_SAFE_INTEGER;

/** A whole list at the pace of who takes it. CSV is one answer of the service, JSON is put together of its pages. */
export async function exportList(
  { out, service }: Context,
  path: string,
  query: Query,
  { format, out: file, force = false, json = false }: ExportOptions,
): Promise<void> {
  const admin = service();
  const isCsv = (format ?? (json ? 'json' : 'csv')) === 'csv';
  const sink = await sinkOf(out, file, force);
  const progress = isCsv
    ? await copy(out, sink, () => admin.ask('GET', path, { query: { ...query, format: 'csv' }, isStream: true }))
    : await copyPages(new Progress(out), sink, admin.pages<object>(path, query, { limit: ALL }));
  out.say(file === undefined ? `${progress.inWords()}.` : `${progress.inWords()}: ${file}`);
}

async function copyPages(
  progress: Progress,
  sink: Sink,
  pages: AsyncGenerator<{ items: object[] }>,
): Promise<Progress> {
  try {
    let separator = '[\n';
    for await (const { items } of pages) {
      if (items.length === 0) continue;
      const text = separator + items.map(jsonLine).join(',\n');
      await sink.write(text);
      progress.add({ bytes: Buffer.byteLength(text), rows: items.length });
      separator = ',\n';
    }
    await sink.write(separator === '[\n' ? '[]\n' : '\n]\n');
    await sink.finish();
    return progress;
  } catch (error) {
    await sink.abandon();
    throw cutOff(error);
  }
}
