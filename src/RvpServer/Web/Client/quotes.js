// @ts-check
// Replies and corrections as plain text: for programs that know nothing of either, and read back from there.

const MAX_LINES = 3;
const MAX_LENGTH = 200;
const MARK = '> ';
const CORRECTED = '* ';

/**
 * The beginning of what is replied to.
 * @param {string} text
 */
export function excerptOf(text) {
  const begin = text.slice(0, MAX_LENGTH).split('\n').slice(0, MAX_LINES).join('\n').replace(/[\ud800-\udbff]$/, '').trim();
  return begin.length < text.trim().length ? `${begin}…` : begin;
}

/**
 * @param {string} quoted
 * @param {string} text
 */
export function withQuote(quoted, text) {
  const lines = quoted.split('\n').map(line => MARK + line);
  // A reply that begins with a quotation of its own stays apart from it.
  return [...lines, ...text.startsWith('>') ? [''] : [], text].join('\n');
}

/**
 * What was quoted at the beginning of a text, and the rest.
 * @param {string} text
 */
export function readQuote(text) {
  const lines = text.split('\n');
  const end = lines.findIndex(line => !line.startsWith('>'));
  const [quoted, rest] = end < 0 ? [lines, []] : [lines.slice(0, end), lines.slice(end)];
  if (rest[0] === '' && rest[1]?.startsWith('>')) rest.shift();
  return { quoted: quoted.map(line => line.replace(/^> ?/, '')).join('\n'), rest: rest.join('\n') };
}

/** @param {string} text */
export const asCorrection = text => CORRECTED + text;

/** @param {string} text */
export const readCorrection = text => (text.startsWith(CORRECTED) ? text.slice(CORRECTED.length) : text);
