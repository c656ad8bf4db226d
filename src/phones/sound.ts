import { Kept } from '../design/kept.ts';
import { LANGUAGE } from '../design/texts/language.ts';

export const sound = new Kept<'on' | 'off'>('masking.sound', ['on', 'off'], 'off');

const RING_HZ = [440, 480];
const RING_SECONDS = 1;
const RING_EVERY_MS = 3000;
const LOUDNESS = 0.06;

let context: AudioContext | null = null;
let ringing: ReturnType<typeof setInterval> | null = null;

/** A ring tone as long as somebody's phone rings and sound is on. Made by the browser: nothing is loaded. */
export function ring(isRinging: boolean): void {
  const isHeard = isRinging && sound.get() === 'on';
  if (isHeard === (ringing !== null)) return;
  if (ringing !== null) {
    clearInterval(ringing);
    ringing = null;
    return;
  }
  tone(RING_HZ, RING_SECONDS);
  ringing = setInterval(() => tone(RING_HZ, RING_SECONDS), RING_EVERY_MS);
}

/** Spoken words, in the browser's own voice. */
export function say(text: string): void {
  if (sound.get() === 'off' || !('speechSynthesis' in globalThis)) return;
  const words = new SpeechSynthesisUtterance(text);
  words.lang = LANGUAGE;
  speechSynthesis.speak(words);
}

/** The two tones of a telephone's key. */
export function keyTone(key: string): void {
  if (sound.get() === 'off') return;
  const place = '123456789*0#'.indexOf(key);
  const low = [697, 770, 852, 941][Math.floor(place / 3)];
  const high = [1209, 1336, 1477][place % 3];
  if (place >= 0 && low !== undefined && high !== undefined) tone([low, high], 0.12);
}

function tone(frequencies: readonly number[], seconds: number): void {
  context ??= new AudioContext();
  const gain = context.createGain();
  gain.gain.value = LOUDNESS;
  gain.connect(context.destination);
  for (const frequency of frequencies) {
    const oscillator = context.createOscillator();
    oscillator.frequency.value = frequency;
    oscillator.connect(gain);
    oscillator.start();
    oscillator.stop(context.currentTime + seconds);
  }
}
