const SAMPLES_A_SECOND = 8_000;
const CHANNELS = 2;
const BYTES_A_SAMPLE = 2;
const WAV_HEADER_BYTES = 44;

/** MPEG-2 layer III, 32 kbit/s, 16 kHz, stereo: 144 bytes for 36 ms. */
const MP3_HEADER = Buffer.from([0xff, 0xf3, 0x48, 0x04]);
const MP3_FRAME_BYTES = 144;
const MP3_FRAME_MS = 36;
const LONGEST_PIECE = 65_536;

/** The two ends of the line: each hears itself on one channel, 440 Hz and 550 Hz. */
const TONES_HZ = [440, 550];
const LOUDNESS = 6_000;

export interface Media {
  length: number;
  type: string;
  /** Always the same bytes for the same length of time. */
  bytes: () => Generator<Buffer>;
}

/** Sound of a given length: two tones as wav, silence as mp3. */
export function mediaOf(format: 'mp3' | 'wav', milliseconds: number): Media {
  return format === 'wav' ? wav(milliseconds) : mp3(milliseconds);
}

function mp3(milliseconds: number): Media {
  const frames = Math.max(1, Math.ceil(milliseconds / MP3_FRAME_MS));
  // Side information of zeros: nothing but silence to decode.
  const frame = Buffer.concat([MP3_HEADER, Buffer.alloc(MP3_FRAME_BYTES - MP3_HEADER.length)]);
  return { length: frames * MP3_FRAME_BYTES, type: 'audio/mpeg', bytes: () => repeated(frame, frames) };
}

function wav(milliseconds: number): Media {
  const samples = Math.max(1, Math.round((milliseconds * SAMPLES_A_SECOND) / 1000));
  const dataBytes = samples * CHANNELS * BYTES_A_SAMPLE;
  const second = secondOfTones();
  return {
    length: WAV_HEADER_BYTES + dataBytes,
    type: 'audio/wav',
    bytes: function* () {
      yield wavHeader(dataBytes);
      for (let left = dataBytes; left > 0; left -= second.length) yield second.subarray(0, left);
    },
  };
}

function* repeated(piece: Buffer, times: number): Generator<Buffer> {
  const most = Math.floor(LONGEST_PIECE / piece.length);
  const many = Buffer.concat(Array.from({ length: Math.min(times, most) }, () => piece));
  for (let left = times * piece.length; left > 0; left -= many.length) yield many.subarray(0, left);
}

function wavHeader(dataBytes: number): Buffer {
  const header = Buffer.alloc(WAV_HEADER_BYTES);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + dataBytes, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(CHANNELS, 22);
  header.writeUInt32LE(SAMPLES_A_SECOND, 24);
  header.writeUInt32LE(SAMPLES_A_SECOND * CHANNELS * BYTES_A_SAMPLE, 28);
  header.writeUInt16LE(CHANNELS * BYTES_A_SAMPLE, 32);
  header.writeUInt16LE(BYTES_A_SAMPLE * 8, 34);
  header.write('data', 36);
  header.writeUInt32LE(dataBytes, 40);
  return header;
}

/** Whole periods of both tones fit into a second, so seconds join without a click. */
function secondOfTones(): Buffer {
  const pcm = Buffer.alloc(SAMPLES_A_SECOND * CHANNELS * BYTES_A_SAMPLE);
  for (let sample = 0; sample < SAMPLES_A_SECOND; sample += 1) {
    for (const [channel, tone] of TONES_HZ.entries()) {
      const value = Math.round(LOUDNESS * Math.sin((2 * Math.PI * tone * sample) / SAMPLES_A_SECOND));
      pcm.writeInt16LE(value, (sample * CHANNELS + channel) * BYTES_A_SAMPLE);
    }
  }
  return pcm;
}
