// @ts-check
// Reads what people write to set texts apart: **bold**, *italic*, `code`, ``` blocks, lists and > quotations. Each character is looked at a few times at most,
// whatever stands there, and whatever means nothing stays as it is.

import { partsOf } from './links.js';

/** @typedef {string | { mark: 'strong' | 'em', of: Inline[] } | { mark: 'code', of: string } | { mark: 'a', of: string, href: string }} Inline */
/**
 * First: the number of an ordered list's first item.
 * @typedef {{ kind: 'lines', of: Inline[] } | { kind: 'pre', of: string, language: string } | { kind: 'quote', of: Block[] }
 *   | { kind: 'list', first?: number, of: Inline[][] }} Block
 */

// Longer texts are data rather than conversation.
const MAX_LENGTH = 50_000;
// Quotations in quotations, as deep as anybody can see.
const MAX_DEPTH = 4;
const FENCE = /^```([\w+#.-]{0,20})\s*$/;
const QUOTED = /^>(?= |>|$) ?/;
const BULLET = /^[-*•] (?=\S)/;
const NUMBER = /^([0-9]{1,4})[.)] (?=\S)/;
/** @type {Record<string, 'strong' | 'em'>} */
const MARKS = { '**': 'strong', __: 'strong', '*': 'em', _: 'em' };
const BLANK = /[\s\p{Z}]/u;
const LETTER = /[\p{L}\p{N}]/u;

/**
 * @param {string} text
 * @returns {Block[]}
 */
export function read(text) {
  if (text.length > MAX_LENGTH) return [{ kind: 'lines', of: [text] }];
  return readLines(text.split('\n'), 0);
}

/**
 * The words alone, in one line, for where there is room for no more.
 * @param {string} text
 * @param {number} most
 */
export const plainOf = (text, most) => read(text.slice(0, 2 * most)).map(wordsIn).join(' ').replace(/\s+/g, ' ').trim().slice(0, most);

/**
 * @param {Block | Inline} part
 * @returns {string}
 */
function wordsIn(part) {
  if (typeof part === 'string') return part;
  if (typeof part.of === 'string') return part.of;
  if ('kind' in part && part.kind === 'list') return part.of.map(item => item.map(wordsIn).join('')).join(' ');
  if ('kind' in part && part.kind === 'quote') return part.of.map(wordsIn).join(' ');
  return /** @type {Inline[]} */ (part.of).map(wordsIn).join('');
}

/**
 * @param {string[]} lines
 * @param {number} depth
 */
function readLines(lines, depth) {
  /** @type {Block[]} */
  const blocks = [];
  // Whether another one follows is known without looking for it.
  let fences = lines.filter(isFence).length;
  for (let i = 0; i < lines.length;) {
    const line = lines[i];
    if (isFence(line) && --fences > 0) {
      const code = take(lines, i + 1, other => !isFence(other));
      fences--;
      blocks.push({ kind: 'pre', of: code.join('\n'), language: FENCE.exec(line)?.[1] ?? '' });
      i += code.length + 2;
    } else if (QUOTED.test(line) && depth < MAX_DEPTH) {
      const quoted = take(lines, i, other => QUOTED.test(other));
      blocks.push({ kind: 'quote', of: readLines(quoted.map(other => other.replace(QUOTED, '')), depth + 1) });
      i += quoted.length;
    } else if (BULLET.test(line)) {
      const items = take(lines, i, other => BULLET.test(other));
      blocks.push({ kind: 'list', of: items.map(item => inline(item.replace(BULLET, ''))) });
      i += items.length;
    } else if (NUMBER.test(line)) {
      const first = numberOf(line);
      const items = take(lines, i, (other, at) => numberOf(other) === first + at);
      blocks.push({ kind: 'list', first, of: items.map(item => inline(item.replace(NUMBER, ''))) });
      i += items.length;
    } else {
      const last = blocks.at(-1);
      if (last?.kind === 'lines') last.of.push('\n', ...inline(line));
      else blocks.push({ kind: 'lines', of: inline(line) });
      i++;
    }
  }
  return blocks;
}

/** @param {string} line */
const isFence = line => FENCE.test(line);

/** @param {string} line */
const numberOf = line => Number(NUMBER.exec(line)?.[1] ?? NaN);

/**
 * @param {string[]} lines
 * @param {number} from
 * @param {(line: string, at: number) => boolean} fits
 */
function take(lines, from, fits) {
  let end = from;
  while (end < lines.length && fits(lines[end], end - from)) end++;
  return lines.slice(from, end);
}

/** @typedef {{ sign: string, mayOpen: boolean, mayClose: boolean }} Sign */
/** @typedef {{ sign: string, of: Inline[], hasWords: boolean }} Frame what stands after a sign that may open something */

/**
 * One line.
 * @param {string} line
 * @returns {Inline[]}
 */
export function inline(line) {
  /** @type {Frame[]} */
  const open = [{ sign: '', of: [], hasWords: false }];
  for (const token of tokensOf(line)) {
    if (typeof token === 'object' && 'sign' in token) place(open, token);
    else {
      const frame = open[open.length - 1];
      frame.of.push(token);
      frame.hasWords ||= typeof token === 'object' || LETTER.test(token);
    }
  }
  while (open.length > 1) giveUp(open);
  return open[0].of;
}

/**
 * @param {Frame[]} open
 * @param {Sign} token
 */
function place(open, { sign, mayOpen, mayClose }) {
  const at = open.findIndex(frame => frame.sign === sign);
  // What has no words is a face, like *_*.
  if (mayClose && at > 0 && open.slice(at).some(frame => frame.hasWords)) {
    while (open.length - 1 > at) giveUp(open);
    const { of } = /** @type {Frame} */ (open.pop());
    const frame = open[open.length - 1];
    frame.of.push({ mark: MARKS[sign], of });
    frame.hasWords = true;
  } else if (mayOpen && at < 0) open.push({ sign, of: [], hasWords: false });
  else open[open.length - 1].of.push(sign);
}

/**
 * What was opened is not closed: the sign is a text like others. There are at most four, so nothing moves more often.
 * @param {Frame[]} open
 */
function giveUp(open) {
  const { sign, of, hasWords } = /** @type {Frame} */ (open.pop());
  const into = open[open.length - 1];
  into.of.push(sign);
  for (const piece of of) into.of.push(piece);
  into.hasWords ||= hasWords;
}

/**
 * Links and code first: what is in them means nothing else.
 * @param {string} line
 * @returns {(Inline | Sign)[]}
 */
function tokensOf(line) {
  /** @type {(Inline | Sign)[]} */
  const tokens = [];
  const pieces = line.split('`');
  pieces.forEach((piece, i) => {
    const isCode = i % 2 === 1 && i < pieces.length - 1;
    if (isCode && piece) tokens.push({ mark: 'code', of: piece });
    else if (isCode) tokens.push('``');
    else {
      if (i % 2 === 1) tokens.push('`');
      const before = i ? '`' : ' ';
      const after = i < pieces.length - 1 ? '`' : ' ';
      for (const token of tokensIn(piece, before, after)) tokens.push(token);
    }
  });
  return tokens;
}

/**
 * @param {string} text without code
 * @param {string} before the character before it
 * @param {string} after
 * @returns {(Inline | Sign)[]}
 */
function tokensIn(text, before, after) {
  /** @type {(Inline | Sign)[]} */
  const tokens = [];
  const parts = partsOf(text);
  parts.forEach((part, i) => {
    if (part.href) {
      tokens.push({ mark: 'a', of: part.text, href: part.href });
      return;
    }
    // A link beside it counts as a letter would.
    const around = [i ? 'x' : before, i < parts.length - 1 ? 'x' : after];
    let end = 0;
    for (const match of part.text.matchAll(/\*+|_+/g)) {
      const [at, sign] = [match.index ?? 0, match[0]];
      const [left, right] = [part.text[at - 1] ?? around[0], part.text[at + sign.length] ?? around[1]];
      if (!Object.hasOwn(MARKS, sign)) continue;
      // Some scripts have no blanks between words.
      const isOutside = (/** @type {string} */ beside) => sign === '**' || !LETTER.test(beside);
      tokens.push(part.text.slice(end, at), {
        sign, mayOpen: !BLANK.test(right) && isOutside(left), mayClose: !BLANK.test(left) && isOutside(right),
      });
      end = at + sign.length;
    }
    tokens.push(part.text.slice(end));
  });
  return tokens.filter(token => token !== '');
}
