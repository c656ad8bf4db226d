import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { ELEMENT_RULES, type ElementRule } from './xml-schema.js';

export interface XmlElement {
  name: string;
  attributes: Readonly<Record<string, string>>;
  text: string;
  children: readonly XmlElement[];
}

/** Why a document cannot be run, in words for the developer who wrote it. */
export class InvalidXml extends Error {}

const LARGEST_BYTES = 100 * 1024;
const ATTRIBUTES = ':@';
const TEXT = '#text';

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  processEntities: true,
  htmlEntities: true,
});

/** The elements of a `Response`. Throws InvalidXml wherever the document leaves Plivo's documented language. */
export function readDocument(xml: string): readonly XmlElement[] {
  if (Buffer.byteLength(xml) > LARGEST_BYTES) throw new InvalidXml('the document is larger than 100 KB');
  if (xml.trim() === '') throw new InvalidXml('the document is empty');
  refuseIllFormed(xml);
  const roots = parse(xml).filter((node) => nameOf(node) !== '?xml');
  const [root] = roots;
  if (root === undefined || roots.length > 1) throw new InvalidXml('expected exactly one root element');
  if (nameOf(root) !== 'Response') throw new InvalidXml(`expected the root Response, got ${nameOf(root)}`);
  return readElement(root).children;
}

/** The parser forgives what Plivo does not: bare ampersands and angle brackets in attributes, text around the root, DTDs. */
function refuseIllFormed(xml: string): void {
  const verdict = XMLValidator.validate(xml);
  if (verdict !== true) throw new InvalidXml(verdict.err.msg);
  const plain = xml.replaceAll(/<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>/g, '').trim();
  if (/<!DOCTYPE/i.test(plain)) throw new InvalidXml('a DOCTYPE is not allowed');
  if (/&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-f]+);)/i.test(plain)) throw new InvalidXml("a bare '&'");
  if (/\s[\w:.-]+\s*=\s*(?:"[^"<]*<|'[^'<]*<)/.test(plain)) throw new InvalidXml("a '<' in an attribute");
  if (!plain.endsWith('>')) throw new InvalidXml('text after the root element');
}

function parse(xml: string): Record<string, unknown>[] {
  try {
    return asNodes(parser.parse(xml));
  } catch (error) {
    // The parser has limits and reserved names of its own.
    throw new InvalidXml(error instanceof Error ? error.message : 'the document cannot be parsed');
  }
}

function readElement(node: Record<string, unknown>): XmlElement {
  const name = nameOf(node);
  const rule = Object.hasOwn(ELEMENT_RULES, name) ? ELEMENT_RULES[name] : undefined;
  if (rule === undefined) throw new InvalidXml(`unknown element ${name}`);
  const content = asNodes(node[name]);
  const text = content
    .map((part) => `${part[TEXT] ?? ''}`)
    .join('')
    .trim();
  const element: XmlElement = {
    name,
    attributes: readAttributes(name, rule, node[ATTRIBUTES] ?? {}),
    text,
    children: content.filter((part) => !(TEXT in part)).map(readElement),
  };
  refuseWrongContent(element, rule);
  return element;
}

function readAttributes(name: string, rule: ElementRule, given: object): Record<string, string> {
  const attributes = Object.fromEntries(Object.entries(given).map(([key, value]) => [key, `${value}`]));
  for (const [key, value] of Object.entries(attributes)) {
    const allowed = Object.hasOwn(rule.attributes, key) ? rule.attributes[key] : undefined;
    if (allowed === undefined) throw new InvalidXml(`${name} has no attribute ${key}`);
    if (!allowed.test(value)) throw new InvalidXml(`${name} has an invalid ${key}`);
  }
  return attributes;
}

function refuseWrongContent({ name, text, children }: XmlElement, rule: ElementRule): void {
  if (rule.text === 'none' && text !== '') throw new InvalidXml(`${name} must not contain text`);
  if (rule.text === 'required' && text === '') throw new InvalidXml(`${name} is empty`);
  const misplaced = children.find((child) => !rule.children.includes(child.name));
  if (misplaced !== undefined) throw new InvalidXml(`${misplaced.name} is not allowed in ${name}`);
  if (name === 'Dial' && children.length === 0) throw new InvalidXml('Dial has nobody to dial');
}

function asNodes(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? (value as Record<string, unknown>[]) : [];
}

function nameOf(node: Record<string, unknown>): string {
  return Object.keys(node).find((key) => key !== ATTRIBUTES) ?? '';
}
