import { describe, expect, it } from '@jest/globals';
import { jsonLine, jsonText, Output, plain } from './output.js';

/** Moves the cursor, rings, turns text around, begins a sequence in the second set of control characters. */
const HOSTILE = 'a\u001b[2Jb\u0007c\r\nd\u202ee\u009b31mf\u2028g';

function outputTo(isTTY: boolean, env: NodeJS.ProcessEnv = {}) {
  const written = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') =>
    ({ isTTY, write: (text: string) => (written[name] += text) }) as unknown as NodeJS.WritableStream;
  const out = new Output({ stdout: stream('stdout'), stderr: stream('stderr') }, { isJson: false, env });
  return { out, written };
}

describe('what others wrote', () => {
  it('moves nobody’s cursor and turns no text around', () => {
    expect(plain(HOSTILE)).not.toMatch(/[\p{Cc}\u202e\u2028]/u);
    const { out } = outputTo(false);
    const table = out.table([{ text: HOSTILE }], [{ head: 'text', of: ({ text }) => text }]);
    expect(table.split('\n')).toHaveLength(2);
    expect(table.replaceAll('\n', '')).not.toMatch(/\p{Cc}|\u202e/u);
  });

  it('is the same to programs, without a character that a terminal obeys', () => {
    for (const text of [jsonText({ HOSTILE }), jsonLine({ HOSTILE })]) {
      expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e\u2028]/u);
      expect(JSON.parse(text)).toEqual({ HOSTILE });
    }
  });
});

describe('the output', () => {
  const columns = [
    { head: 'name', of: ({ name }: { name: string; count: number | null }) => name },
    { head: 'count', of: ({ count }: { count: number | null }) => count, isRight: true as const },
  ];

  it('lines up columns, numbers at their right', () => {
    const rows = [
      { name: 'one', count: 1 },
      { name: 'three hundred', count: 300 },
      { name: 'none', count: null },
    ];
    expect(outputTo(false).out.table(rows, columns)).toBe(
      ['NAME           COUNT', 'one                1', 'three hundred    300', 'none               -'].join('\n'),
    );
  });

  it('is coloured on a terminal alone, and not where NO_COLOR is set', () => {
    const headOf = (isTTY: boolean, env = {}) => outputTo(isTTY, env).out.table([], columns);
    expect(headOf(true)).toContain('\u001b[1m');
    for (const head of [headOf(false), headOf(true, { NO_COLOR: '1' }), headOf(true, { TERM: 'dumb' })])
      expect(head).toBe('NAME  COUNT');
  });

  it('shows progress to who looks, and takes it away before it says anything else', () => {
    const { out, written } = outputTo(true);
    out.progress('3 rows');
    out.say('done');
    expect(written.stderr).toBe('\r\u001b[K3 rows\r\u001b[Kdone\n');
    const unwatched = outputTo(false);
    unwatched.out.progress('3 rows');
    expect(unwatched.written).toEqual({ stdout: '', stderr: '' });
  });
});
