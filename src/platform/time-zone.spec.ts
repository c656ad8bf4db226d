import { expect, it } from '@jest/globals';
import { TimeZone } from './time-zone.js';

const zone = (name: string): TimeZone => TimeZone.named(name)!;
const MINUTE = 60_000;

it.each([
  ['UTC', 0],
  ['Etc/UTC', 0],
  ['Asia/Kolkata', 330],
  ['Asia/Kathmandu', 345],
  ['America/St_Johns', -210],
  ['America/New_York', -300],
  ['Europe/Berlin', 60],
  ['Etc/GMT+5', -300],
])('%s is off by %i minutes in January', (name, minutes) => {
  expect(zone(name).offsetAt(Date.UTC(2026, 0, 5))).toBe(minutes * MINUTE);
});

it.each(['Mars/Olympus', '', '+05:30', '05:30', 'Asia/Kolkata ', 'a'.repeat(41), 'Europe/../Berlin', null, 5, ['UTC']])(
  '%j is no zone',
  (name) => {
    expect(TimeZone.named(name)).toBeNull();
  },
);

it('knows each change of clocks to the minute', () => {
  const [from, to] = [Date.UTC(2026, 0, 1), Date.UTC(2027, 0, 1)];
  expect(zone('Europe/Berlin').stretches(from, to)).toEqual([
    { from, offsetMs: 60 * MINUTE },
    { from: Date.UTC(2026, 2, 29, 1), offsetMs: 120 * MINUTE },
    { from: Date.UTC(2026, 9, 25, 1), offsetMs: 60 * MINUTE },
  ]);
  expect(zone('Asia/Kolkata').stretches(from, to)).toEqual([{ from, offsetMs: 330 * MINUTE }]);
  expect(TimeZone.utc.stretches(from, to)).toEqual([{ from, offsetMs: 0 }]);
});

it('finds the instant at which its clocks show a time, the first of two, and one behind a jump', () => {
  const berlin = zone('Europe/Berlin');
  expect(berlin.instantOf(Date.UTC(2026, 6, 1))).toBe(Date.UTC(2026, 5, 30, 22));
  expect(berlin.instantOf(Date.UTC(2026, 9, 25, 2, 30))).toBe(Date.UTC(2026, 9, 25, 0, 30));
  expect(berlin.instantOf(Date.UTC(2026, 2, 29, 2, 30))).toBe(Date.UTC(2026, 2, 29, 1, 30));
});

it('knows where hours and months begin', () => {
  const kolkata = zone('Asia/Kolkata');
  expect(kolkata.hourOf(Date.UTC(2026, 0, 5, 18, 29))).toBe(Date.UTC(2026, 0, 5, 17, 30));
  expect(kolkata.month('2026-12')).toEqual({
    from: Date.UTC(2026, 10, 30, 18, 30),
    to: Date.UTC(2026, 11, 31, 18, 30),
  });
});
