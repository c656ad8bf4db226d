import { isUuid } from '../platform/ids.js';

/** The last part of a recording's path: its id for what is known of it, id and format for its sound. Null for anything else. */
export function readName(name: string): { recordingId: string; format?: 'mp3' | 'wav' } | null {
  const [recordingId = '', format, ...more] = name.split('.');
  if (!isUuid(recordingId) || more.length > 0) return null;
  if (format === undefined) return { recordingId };
  return format === 'mp3' || format === 'wav' ? { recordingId, format } : null;
}
