import ts from 'typescript';

/**
 * Writes every fault of a source file into it at once, each behind a switch: `isFault(7) ? faulty : right`. One load of the module then serves all of
 * them. Faults are of two kinds: of the language (conditions, comparisons, statements left out) and of the SQL in its strings, where half of the
 * rules stand. Only code inside functions is touched: what runs once, when a module is loaded, cannot be switched afterwards.
 */
export function plant(file, text, firstId) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true, ts.ScriptKind.TS);
  const constants = numericConstants(source);
  const faults = [];

  const fault = (node, operator, replacement) => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
    const id = firstId + faults.length;
    faults.push({ id, file, line: line + 1, operator, from: short(node.getText(source)), to: short(replacement) });
    return { id, replacement };
  };

  /** The text of a node with all faults below it planted. */
  function emit(node, isInside) {
    if (ts.isTypeNode(node) || ts.isDecorator(node) || ts.isImportDeclaration(node) || isLog(node))
      return node.getFullText(source);
    const inside = isInside || (ts.isFunctionLike(node) && node.body !== undefined);
    const own = isInside
      ? faultsAt(node, constants, source).map(([operator, replacement]) => fault(node, operator, replacement))
      : [];
    const lead = text.slice(node.getFullStart(), node.getStart(source));
    const right = emitChildren(node, inside);
    if (own.length === 0) return lead + right;
    if (ts.isStatement(node)) return `${lead}{ if (!isFault(${own[0].id})) { ${right} } }`;
    return `${lead}(${own.map(({ id, replacement }) => `isFault(${id}) ? (${replacement}) : `).join('')}(${right}))`;
  }

  function emitChildren(node, isInside) {
    let result = '';
    let position = node.getStart(source);
    ts.forEachChild(node, (child) => {
      // JSDoc and the like lie before the start.
      if (child.getFullStart() < position && child.getEnd() <= position) return;
      result += text.slice(position, child.getFullStart()) + emit(child, isInside);
      position = child.getEnd();
    });
    return result + text.slice(position, node.getEnd());
  }

  const planted = emitChildren(source, false) + text.slice(source.getEnd());
  return { faults, planted: text.slice(0, source.getStart(source)) + planted };
}

const SWAPPED = new Map(
  Object.entries({
    '===': '!==',
    '!==': '===',
    '<': '<=',
    '<=': '<',
    '>': '>=',
    '>=': '>',
    '+': '-',
    '-': '+',
    '*': '/',
    '/': '*',
    '&&': '||',
    '||': '&&',
  }),
);
const RENAMED = new Map(Object.entries({ some: 'every', every: 'some', min: 'max', max: 'min' }));
const TRUTHS = new Map([
  [ts.SyntaxKind.TrueKeyword, 'false'],
  [ts.SyntaxKind.FalseKeyword, 'true'],
]);
const SQL = /\b(SELECT|INSERT|UPDATE|DELETE|FROM|WHERE|AND|SET|JOIN|ORDER BY|LIMIT|NOT EXISTS)\b/;
const SQL_SWAPS = [
  [/ <= /g, ' < '],
  [/ < /g, ' <= '],
  [/ >= /g, ' > '],
  [/ > /g, ' >= '],
  [/ <> /g, ' = '],
  [/(?<=\b(?:WHERE|AND|OR|ON|WHEN)\b[^,]*?) = /g, ' <> '],
  [/ AND /g, ' OR '],
  [/ OR /g, ' AND '],
  [/ DESC\b/g, ' ASC'],
  [/ ORDER BY [\w.]+(?=,| LIMIT|$)/g, (found) => `${found} DESC`],
  [/ IS NULL\b/g, ' IS NOT NULL'],
  [/ IS NOT NULL\b/g, ' IS NULL'],
  [/\bNOT EXISTS\b/g, 'EXISTS'],
  [/ NOT IN /g, ' IN '],
  [/(?<! NOT) IN \(/g, ' NOT IN ('],
  [/ \+ /g, ' - '],
  [/\bMAX\(/g, 'MIN('],
  [/\bMIN\(/g, 'MAX('],
  [/\bLEFT JOIN\b/g, 'JOIN'],
];

/** What may be wrong at one node, as pairs of what it is called and the faulty text. */
function faultsAt(node, constants, source) {
  const text = node.getText(source);
  if (ts.isExpressionStatement(node) || ts.isThrowStatement(node)) return [['left out', '']];
  if (isCondition(node))
    return [...expressionFaults(node, text, constants, source), ['always', 'true'], ['never', 'false']];
  return expressionFaults(node, text, constants, source);
}

function expressionFaults(node, text, constants, source) {
  if (ts.isBinaryExpression(node)) return binaryFaults(node, source);
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken)
    return [['not negated', node.operand.getText(source)]];
  if (TRUTHS.has(node.kind)) return [['other truth', TRUTHS.get(node.kind)]];
  if (ts.isNumericLiteral(node) && !isName(node)) return [['other number', `${text} + 1`]];
  if (ts.isIdentifier(node) && constants.has(node.text) && isRead(node)) return [['twice the constant', `${text} * 2`]];
  if (isText(node)) return sqlFaults(text);
  if (ts.isCallExpression(node)) return callFaults(node, source);
  return [];
}

function binaryFaults(node, source) {
  const operator = node.operatorToken.getText(source);
  const [left, right] = [node.left.getText(source), node.right.getText(source)];
  // A literal default is mostly there for the compiler: of a COUNT there is always a row.
  if (operator === '??') return ts.isLiteralExpression(node.right) || right === 'null' ? [] : [['no default', left]];
  // True and false say the same of a whole condition.
  if (isCondition(node) && /^[!=]==$/.test(operator)) return [];
  const swapped = SWAPPED.get(operator);
  return swapped === undefined ? [] : [[`${operator} as ${swapped}`, `${left} ${swapped} ${right}`]];
}

function callFaults(node, source) {
  const callee = node.expression;
  if (!ts.isPropertyAccessExpression(callee) || node.flags & ts.NodeFlags.OptionalChain) return [];
  const renamed = RENAMED.get(callee.name.text);
  if (renamed === undefined) return [];
  const rest = source.text.slice(callee.name.getEnd(), node.getEnd());
  return [[`${callee.name.text} as ${renamed}`, `${callee.expression.getText(source)}.${renamed}${rest}`]];
}

function sqlFaults(text) {
  if (!SQL.test(text)) return [];
  const found = [];
  for (const [pattern, swap] of SQL_SWAPS)
    for (const match of text.matchAll(pattern)) {
      const [was] = match;
      const is = typeof swap === 'string' ? swap : swap(was);
      const before = text.slice(0, match.index);
      // Not inside what a template puts in.
      if (before.lastIndexOf('${') > before.lastIndexOf('}')) continue;
      found.push([`SQL${was}as${is}`, before + is + text.slice(match.index + was.length)]);
    }
  return found;
}

function isText(node) {
  if (ts.isTaggedTemplateExpression(node.parent) || isName(node)) return false;
  return ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node) || ts.isTemplateExpression(node);
}

function isCondition(node) {
  const { parent } = node;
  return (
    (ts.isIfStatement(parent) && parent.expression === node) ||
    (ts.isConditionalExpression(parent) && parent.condition === node)
  );
}

/** A key of an object or the like, where no expression may stand. */
function isName(node) {
  return node.parent.name === node || ts.isLiteralTypeNode(node.parent);
}

function isRead(node) {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  return !isName(node) && !ts.isShorthandPropertyAssignment(parent) && !ts.isTypeQueryNode(parent);
}

/** What is only written for people to read changes no behaviour. */
function isLog(node) {
  if (ts.isPropertyAssignment(node)) return /^(buckets|help)$/.test(node.name.getText());
  return ts.isExpressionStatement(node) && /^(await )?(this\.)?(log|metrics)\b/.test(node.getText());
}

function numericConstants(source) {
  const names = new Set();
  for (const statement of source.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name, initializer } of statement.declarationList.declarations)
      if (
        initializer &&
        /^[\d_\s*+().\w]*\d[\d_\s*+().\w]*$/.test(initializer.getText(source)) &&
        !/\(/.test(initializer.getText(source))
      )
        names.add(name.getText(source));
  }
  return names;
}

function short(text) {
  return text.replace(/\s+/g, ' ').slice(0, 100);
}
