import { readFileSync } from 'node:fs';
import type { Parsed, Rate } from './config-formats.js';
import { parseBoolean, parseInteger, parseRate } from './config-formats.js';
import { systemCode, type ConfigProblem } from './config-problems.js';
import { settings, type NamesOf, type SettingName } from './config-table.js';
import type { Setting } from './setting.js';

const LARGEST_SECRET_FILE = 65_536;

/**
 * Reads settings one by one and remembers everything that is wrong with them. After a problem the caller gets the default, so that
 * reading goes on to the next; the values count only when `problems` is empty at the end.
 */
export class SettingsReader {
  readonly problems: ConfigProblem[] = [];

  constructor(private readonly env: NodeJS.ProcessEnv) {}

  /** The setting's text, or null when absent. Empty counts as absent: that is what `NAME=${NAME:-}` in a compose file makes. */
  text(name: SettingName): string | null {
    const direct = this.env[name] ?? '';
    const path = 'secret' in settings[name] ? (this.env[`${name}_FILE`] ?? '') : '';
    if (path === '') return direct === '' ? null : direct;
    if (direct === '') return this.secretFile(name, path);
    this.refuse(name, `set twice; keep either ${name} or ${name}_FILE`);
    return direct;
  }

  has(name: SettingName): boolean {
    return (this.env[name] ?? '') !== '' || ('secret' in settings[name] && (this.env[`${name}_FILE`] ?? '') !== '');
  }

  parsed<Value>(name: SettingName, parse: (text: string) => Parsed<Value>): Value | null {
    const text = this.text(name);
    if (text === null) return null;
    const parsed = parse(text);
    if ('value' in parsed) return parsed.value;
    this.refuse(name, parsed.expected + this.got(name, text));
    return null;
  }

  integer(name: NamesOf<'integer'>, absent = Number(settings[name].default)): number {
    const { min, max } = settings[name];
    return this.parsed(name, (text) => parseInteger(text, min, max)) ?? absent;
  }

  /** Null where it is off. */
  rate(name: NamesOf<'rate'>): Rate | null {
    const absent = parseRate(settings[name].default);
    if (this.has(name) || !('value' in absent)) return this.parsed(name, parseRate);
    return absent.value;
  }

  boolean(name: NamesOf<'boolean'>, absent: boolean): boolean {
    return this.parsed(name, parseBoolean) ?? absent;
  }

  choice<Name extends NamesOf<'choice'>>(
    name: Name,
    absent: (typeof settings)[Name]['choices'][number],
  ): (typeof settings)[Name]['choices'][number] {
    type Choice = (typeof settings)[Name]['choices'][number];
    const choices: readonly string[] = settings[name].choices;
    return (
      this.parsed<Choice>(name, (text) => {
        if (choices.includes(text)) return { value: text as Choice };
        return { expected: `expected ${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}` };
      }) ?? absent
    );
  }

  refuse(name: string, text: string): void {
    this.problems.push({ name, text });
  }

  /** The offending value, for settings that are no secret; a password inside a URL is one. */
  private got(name: SettingName, text: string): string {
    const setting: Setting = settings[name];
    if (setting.secret) return '';
    const shown = text.replace(/\/\/[^\s/]*@/, '//***@').slice(0, 100);
    return ` (got ${JSON.stringify(shown)})`;
  }

  private secretFile(name: SettingName, path: string): string | null {
    try {
      const text = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
      if (text !== '' && text.length <= LARGEST_SECRET_FILE) return text;
      this.refuse(
        `${name}_FILE`,
        `expected a file that holds the secret, ${path} is ${text === '' ? 'empty' : 'too large'}`,
      );
    } catch (error) {
      this.refuse(
        `${name}_FILE`,
        `cannot read ${path} (${systemCode(error)}); correct the path or let this user read the file`,
      );
    }
    return null;
  }
}

/** NODE_ENV is everybody's variable, so any value is legal, but `prod` would switch off every check meant for production. */
export function isProduction(env: NodeJS.ProcessEnv, reader: SettingsReader): boolean {
  const mode = env['NODE_ENV'] ?? '';
  if (mode !== 'production' && /^\W*prod/i.test(mode))
    reader.refuse('NODE_ENV', `unknown value; did you mean production?`);
  return mode === 'production';
}
