import { duration } from '../../../design/format.ts';
import { recordings as words } from '../../../design/texts/console/recordings.ts';
import type { components } from '../../api-types.ts';
import { countText, Nothing } from '../../parts/facts.tsx';
import { Meant, type Meaning } from '../../parts/outcome.tsx';

export type Recording = components['schemas']['KeptRecording'];

const MEANINGS: Readonly<Record<Recording['status'], Meaning>> = {
  recording: 'ringing',
  fetching: 'ringing',
  ready: 'connected',
  failed: 'failed',
  deleting: 'ended',
  deleted: 'ended',
};

const MEGABYTE = 1_000_000;

export function RecordingStatus({ status }: Pick<Recording, 'status'>) {
  return <Meant kind={MEANINGS[status]}>{words.status[status]}</Meant>;
}

export function Length({ seconds }: { seconds: number | null }) {
  return seconds === null ? <Nothing /> : <span className="nowrap">{duration(seconds)}</span>;
}

export function Size({ bytes }: { bytes: number | null }) {
  return bytes === null ? <Nothing /> : <span className="nowrap">{sizeText(bytes)}</span>;
}

function sizeText(bytes: number): string {
  return bytes < MEGABYTE
    ? words.kilobytes(countText(Math.ceil(bytes / 1000)))
    : words.megabytes(countText(Math.ceil(bytes / 100_000) / 10));
}
