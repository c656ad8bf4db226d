const RATE = /^(\d{1,4})(?:\.(\d{1,6}))?$/;

export function isRate(text: string): boolean {
  return RATE.test(text);
}

/** Plivo bills whole minutes from the answer; an answered leg costs at least one. */
export function billedSeconds(isAnswered: boolean, durationSeconds: number): number {
  return isAnswered ? Math.max(1, Math.ceil(durationSeconds / 60)) * 60 : 0;
}

/** What `seconds` (whole minutes) cost at `rate` per minute: decimal text with five places, no floats on the way. */
export function costOf(seconds: number, rate: string): string {
  return fivePlaces((seconds / 60) * rateMicros(rate));
}

export function rateWithFivePlaces(rate: string): string {
  return fivePlaces(rateMicros(rate));
}

function rateMicros(rate: string): number {
  const [, whole, fraction] = RATE.exec(rate) ?? [];
  return Number(whole ?? 0) * 1_000_000 + Number((fraction ?? '').padEnd(6, '0'));
}

function fivePlaces(micros: number): string {
  const units = Math.floor((micros + 5) / 10);
  return `${Math.floor(units / 100_000)}.${String(units % 100_000).padStart(5, '0')}`;
}
