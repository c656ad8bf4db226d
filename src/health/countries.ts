import { Injectable } from '@nestjs/common';
import { describeNumber, type E164 } from '../telephony/phone.js';

/** More numbers than most pools have; what is forgotten is read again. */
const REMEMBERED = 20_000;
export const UNKNOWN_COUNTRY = 'unknown';

/**
 * The country that a number of the pool stands for in a label. Numbers are no labels, and reading one takes longer than answering a call may take; so the
 * countries of those that were read are remembered here, where nothing else looks.
 */
@Injectable()
export class Countries {
  private readonly known = new Map<string, string>();

  of(virtualNumber: string | null): string {
    if (virtualNumber === null || virtualNumber === '') return UNKNOWN_COUNTRY;
    const known = this.known.get(virtualNumber);
    if (known !== undefined) return known;
    if (this.known.size >= REMEMBERED) this.known.clear();
    const country = describeNumber(virtualNumber as E164).country || UNKNOWN_COUNTRY;
    this.known.set(virtualNumber, country);
    return country;
  }
}
