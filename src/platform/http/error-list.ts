import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { pageHeaders } from './protective-headers.js';
import { shippedFile } from './shipped-file.js';

/** `docs/errors.md` as a page: where `doc_url` of an error leads, each code with an anchor of its own. Read when it is asked for. */
export function publishErrorList(instance: FastifyInstance): void {
  instance.get('/docs/errors', (_, reply) => {
    const text = readFileSync(shippedFile('docs/errors.md'), 'utf8');
    void reply.headers(pageHeaders()).send(asPage(text));
  });
}

/** Headings, paragraphs and tables, which is what the file is made of; the first cell of a row is its anchor where it is a code. */
function asPage(markdown: string): string {
  const blocks = markdown
    .trim()
    .split(/\n{2,}/)
    .map(asBlock);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Errors</title>
</head>
<body>
${blocks.join('\n')}
</body>
</html>
`;
}

function asBlock(block: string): string {
  const [, marks, title] = /^(#{1,3}) (.+)$/.exec(block) ?? [];
  if (marks !== undefined && title !== undefined) return `<h${marks.length}>${inline(title)}</h${marks.length}>`;
  if (!block.startsWith('|')) return `<p>${inline(block)}</p>`;
  const [head = '', , ...rows] = block.split('\n');
  return `<table border="1" cellpadding="6">\n${row(head, 'th')}\n${rows.map((each) => row(each, 'td')).join('\n')}\n</table>`;
}

function row(line: string, tag: 'th' | 'td'): string {
  const cells = line
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim());
  const [, code] = /^`([a-z_]+)`$/.exec(cells[0] ?? '') ?? [];
  const anchor = code === undefined ? '' : ` id="${code}"`;
  return `<tr${anchor}>${cells.map((cell) => `<${tag}>${inline(cell)}</${tag}>`).join('')}</tr>`;
}

function inline(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/`([^`]+)`/g, '<code>$1</code>');
}
