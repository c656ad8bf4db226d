import { describe, expect, it } from '@jest/globals';
import type { E164 } from '../../telephony/phone.js';
import { CADENCES, cadenceOf, ringToneWav, type Cadence } from './ring-tone.js';

const RATE = 8000;

describe('a ring tone', () => {
  it.each([
    ['14155550100', 'us'],
    ['442079460001', 'gb'],
    ['911140000001', 'gb'],
    ['4930123456', 'eu'],
    ['33123456789', 'eu'],
  ])('of the number %s is that of its country', (number, cadence) => {
    expect(cadenceOf(number as E164)).toBe(cadence);
  });

  it.each(CADENCES)('%s is a small WAV that players know: 16 bit, 8 kHz, mono', (cadence) => {
    const file = ringToneWav(cadence);
    expect([file.toString('latin1', 0, 4), file.toString('latin1', 8, 16), file.toString('latin1', 36, 40)]).toEqual([
      'RIFF',
      'WAVEfmt ',
      'data',
    ]);
    expect([file.readUInt32LE(4), file.readUInt32LE(40)]).toEqual([file.length - 8, file.length - 44]);
    const [format, channels, bits] = [file.readUInt16LE(20), file.readUInt16LE(22), file.readUInt16LE(34)];
    const [rate, bytesASecond, bytesASample] = [file.readUInt32LE(24), file.readUInt32LE(28), file.readUInt16LE(32)];
    expect({ format, channels, bits, rate, bytesASecond, bytesASample }).toEqual({
      format: 1,
      channels: 1,
      bits: 16,
      rate: RATE,
      bytesASecond: 2 * RATE,
      bytesASample: 2,
    });
    expect(file.length).toBeLessThan(100_000);
    expect(ringToneWav(cadence)).toBe(file);
  });

  it.each<[Cadence, number[], [from: number, to: number][], number]>([
    ['us', [440, 480], [[0, 2]], 6],
    [
      'gb',
      [400, 450],
      [
        [0, 0.4],
        [0.6, 1],
      ],
      3,
    ],
    ['eu', [425], [[0, 1]], 5],
  ])('%s sounds at its frequencies in its rhythm, and begins and ends softly', (cadence, tones, sounding, period) => {
    const file = ringToneWav(cadence).subarray(44);
    const samples = Array.from({ length: file.length / 2 }, (_, index) => file.readInt16LE(2 * index));
    expect(samples).toHaveLength(period * RATE);
    const isSounding = (index: number): boolean =>
      sounding.some(([from, to]) => index >= from * RATE && index < to * RATE);
    expect(samples.every((sample, index) => isSounding(index) || sample === 0)).toBe(true);
    for (const [from, to] of sounding) {
      const part = samples.slice(Math.round(from * RATE), Math.round(to * RATE));
      const loudest = Math.max(...part.map(Math.abs));
      expect(loudest).toBeGreaterThan(4000);
      expect(loudest).toBeLessThanOrEqual(6000);
      expect([part[0], part.at(-1)]).toEqual([0, 0]);
      // What each frequency contributes; others next to nothing.
      for (const hz of [300, 400, 425, 440, 450, 480, 600]) {
        if (!tones.includes(hz) && tones.some((tone) => Math.abs(tone - hz) < 60)) continue;
        const share = strengthOf(part, hz);
        if (tones.includes(hz)) expect(share).toBeGreaterThan(2000 / tones.length);
        else expect(share).toBeLessThan(200);
      }
    }
  });
});

function strengthOf(samples: number[], hz: number): number {
  let [cosine, sine] = [0, 0];
  for (const [index, sample] of samples.entries()) {
    cosine += sample * Math.cos((2 * Math.PI * hz * index) / RATE);
    sine += sample * Math.sin((2 * Math.PI * hz * index) / RATE);
  }
  return (2 * Math.hypot(cosine, sine)) / samples.length;
}
