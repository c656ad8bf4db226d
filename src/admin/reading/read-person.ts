import { Injectable } from '@nestjs/common';
import { parseCaller, type E164 } from '../../telephony/phone.js';
import { ReadNumber } from './read-number.js';

const IN_FULL = /^\s*(?:\+|00)/;

/** Reads whose data somebody asks for, or asks to erase: one number in any spelling that says whose it is. Nobody else's is ever shown, or lost, for it. */
@Injectable()
export class ReadPerson {
  constructor(private readonly readNumber: ReadNumber) {}

  /** Takes numbers of no country too where they are written in full: calls may have been refused that showed one. */
  async run(text: string, accountId?: string): Promise<E164> {
    const { readings } = await this.readNumber.all(text, accountId);
    const shown = readings.length === 0 && IN_FULL.test(text) ? parseCaller(inDigits(text)) : null;
    return shown ?? this.readNumber.run('number', text, accountId);
  }
}

function inDigits(text: string): string {
  return text.replaceAll(/[()./\s\u2010-\u2015\u2212-]/g, '').replace(/^00/, '');
}
