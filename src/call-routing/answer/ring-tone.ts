import { callingCodeOf, type E164 } from '../../telephony/phone.js';

/** North America's, Britain's double ring, and the single tone of most other countries. */
export const CADENCES = ['us', 'gb', 'eu'] as const;
export type Cadence = (typeof CADENCES)[number];

/** Countries that ring as Britain does: South Africa, Ireland, Malaysia, Australia, Singapore, New Zealand, Hong Kong, India. */
const AS_BRITAIN = new Set(['27', '44', '353', '60', '61', '65', '64', '852', '91']);

/** How the country of a virtual number rings: what its callers take for ringing. */
export function cadenceOf(number: E164): Cadence {
  const code = callingCodeOf(number);
  if (code === '1') return 'us';
  return AS_BRITAIN.has(code) ? 'gb' : 'eu';
}

export function isCadence(text: string): text is Cadence {
  return CADENCES.some((cadence) => cadence === text);
}

interface RingTone {
  /** Heard together. */
  tonesHz: readonly number[];
  /** Sounding and silent in turn, from the beginning; together one period. */
  milliseconds: readonly number[];
}

/** ITU-T E.180. */
const RING_TONES: Record<Cadence, RingTone> = {
  us: { tonesHz: [440, 480], milliseconds: [2000, 4000] },
  gb: { tonesHz: [400, 450], milliseconds: [400, 200, 400, 2000] },
  eu: { tonesHz: [425], milliseconds: [1000, 4000] },
};

/**
 * How often the file of one period is played: 15 to 30 minutes, more than any ring time (600 s) and file of a callee. Not without end, because a
 * player that makes one list of what it will play must come to an end of it.
 */
export const RING_TONE_LOOPS = 300;

const SAMPLES_A_SECOND = 8000;
const BYTES_A_SAMPLE = 2;
/** Of 32,767, shared by the tones: as loud as a network's, which is far softer than speech. */
const LOUDNESS = 6000;
/** Of a tone's beginning and end, against clicks. */
const RAMP_SAMPLES = 80;

const files = new Map<Cadence, Buffer>();

/** One period of a country's ring tone: WAV, 16 bit, 8 kHz, mono, 48 to 96 KB. The same bytes each time. */
export function ringToneWav(cadence: Cadence): Buffer {
  const known = files.get(cadence);
  if (known !== undefined) return known;
  const file = wavOf(RING_TONES[cadence]);
  files.set(cadence, file);
  return file;
}

function wavOf({ tonesHz, milliseconds }: RingTone): Buffer {
  const parts = milliseconds.map((length, index) => {
    const samples = (length * SAMPLES_A_SECOND) / 1000;
    return index % 2 === 0 ? sounding(tonesHz, samples) : Buffer.alloc(samples * BYTES_A_SAMPLE);
  });
  const pcm = Buffer.concat(parts);
  return Buffer.concat([wavHeader(pcm.length), pcm]);
}

function sounding(tonesHz: readonly number[], samples: number): Buffer {
  const pcm = Buffer.alloc(samples * BYTES_A_SAMPLE);
  for (let sample = 0; sample < samples; sample += 1) {
    const ramp = Math.min(1, sample / RAMP_SAMPLES, (samples - 1 - sample) / RAMP_SAMPLES);
    const sum = tonesHz.reduce((all, hz) => all + Math.sin((2 * Math.PI * hz * sample) / SAMPLES_A_SECOND), 0);
    pcm.writeInt16LE(Math.round((LOUDNESS * ramp * sum) / tonesHz.length), sample * BYTES_A_SAMPLE);
  }
  return pcm;
}

function wavHeader(dataBytes: number): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + dataBytes, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(SAMPLES_A_SECOND, 24);
  header.writeUInt32LE(SAMPLES_A_SECOND * BYTES_A_SAMPLE, 28);
  header.writeUInt16LE(BYTES_A_SAMPLE, 32);
  header.writeUInt16LE(BYTES_A_SAMPLE * 8, 34);
  header.write('data', 36);
  header.writeUInt32LE(dataBytes, 40);
  return header;
}
