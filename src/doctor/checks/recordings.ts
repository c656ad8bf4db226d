import { inTime, type Patient } from '../patient.js';
import { failed, ok, type Finding } from '../finding.js';

const LIMIT_MS = 8_000;

/** Whether a recording could be kept. */
export async function checkRecordings({ store, config }: Patient): Promise<Finding> {
  const { store: setting } = config.recordings;
  const name = setting.kind === 's3' ? `s3://${setting.bucket}/${setting.prefix}` : setting.folder;
  try {
    await inTime(store.look(), LIMIT_MS, 'no answer in time');
    return ok(`${name} takes recordings`);
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown';
    return failed(
      `${name}: ${why}`,
      'Recordings stay at Plivo and are tried again for a day; then they are given up.',
      setting.kind === 's3'
        ? 'Look at RECORDING_STORE, its endpoint, region and keys, and whether the keys may list and write this bucket.'
        : why === 'ENOSPC'
          ? 'Make room on its disk: 5 % of it, 256 MiB at most, stay free for the database.'
          : 'Let this user write to the folder, or name another in RECORDING_STORE.',
    );
  }
}
