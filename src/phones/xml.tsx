import type { ReactNode } from 'react';

const TAG = /(<[^>]+>)/;
const PARTS = /(\s[\w:-]+=)("[^"]*")/g;
const INDENT = '  ';

/** One element a line, with names, attributes and values told apart. Texts stay with the element around them. */
export function Xml({ text }: { text: string }) {
  return (
    <pre className="xml">
      <code>
        {linesOf(text).map(({ depth, line }, index) => (
          <span key={index}>
            {INDENT.repeat(depth)}
            {coloured(line)}
            {'\n'}
          </span>
        ))}
      </code>
    </pre>
  );
}

interface Line {
  depth: number;
  line: string;
}

/** The same as text, for the clipboard. */
export function indented(text: string): string {
  return linesOf(text)
    .map(({ depth, line }) => INDENT.repeat(depth) + line)
    .join('\n');
}

function linesOf(text: string): readonly Line[] {
  const lines: Line[] = [];
  let depth = 0;
  let isOpen = false;
  for (const part of text.split(TAG).filter((one) => one.trim() !== '')) {
    const last = lines.at(-1);
    if (part.startsWith('</')) {
      depth -= 1;
      if (isOpen && last !== undefined) last.line += part;
      else lines.push({ depth, line: part });
      isOpen = false;
    } else if (part.startsWith('<')) {
      lines.push({ depth, line: part });
      isOpen = !part.endsWith('/>') && !part.startsWith('<?');
      if (isOpen) depth += 1;
    } else if (last !== undefined) last.line += part.trim();
  }
  return lines;
}

function coloured(line: string): ReactNode[] {
  return line.split(TAG).map((part, index) => {
    if (!part.startsWith('<')) return part;
    return (
      <span key={index} className="tag">
        {part.split(PARTS).map((piece, place) => {
          if (place % 3 === 1)
            return (
              <span key={place} className="name">
                {piece}
              </span>
            );
          return place % 3 === 2 ? (
            <span key={place} className="value">
              {piece}
            </span>
          ) : (
            piece
          );
        })}
      </span>
    );
  });
}
