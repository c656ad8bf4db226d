import type { RecordedSpan, Recording } from './recording.js';

export interface KeptRecording {
  recording: Recording;
  call: { uuid: string; from: string; to: string; subaccount: string | null };
  span: RecordedSpan;
  addedAt: number;
}

/** Memory has an end: the oldest recordings are dropped beyond this. Their sound is made when it is asked for and takes none. */
const KEPT = 5_000;

/** The account's finished recordings that nobody has deleted. */
export class RecordingBook {
  private readonly kept = new Map<string, KeptRecording>();

  add(recording: KeptRecording): void {
    this.kept.set(recording.recording.id, recording);
    const [oldest] = this.kept.keys();
    if (this.kept.size > KEPT && oldest !== undefined) this.kept.delete(oldest);
  }

  get(id: string): KeptRecording | null {
    return this.kept.get(id) ?? null;
  }

  /** False when there was none. */
  delete(id: string): boolean {
    return this.kept.delete(id);
  }

  newestFirst(): KeptRecording[] {
    return [...this.kept.values()].toReversed();
  }

  clear(): void {
    this.kept.clear();
  }
}
