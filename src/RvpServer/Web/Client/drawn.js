// @ts-check
// Text as elements, which are made one by one: nothing that anybody writes becomes markup.

import { el } from './dom.js';
import { labelOf } from './links.js';
import { read } from './markup.js';

/** @typedef {import('./markup.js').Block} Block */
/** @typedef {import('./markup.js').Inline} Inline */

/**
 * @param {string} text
 * @returns {(HTMLElement | string)[]}
 */
export const drawText = text => read(text).flatMap(block => drawBlock(block));

/**
 * @param {Block} block
 * @returns {(HTMLElement | string)[]}
 */
function drawBlock(block) {
  switch (block.kind) {
    case 'lines': return drawInline(block.of);
    case 'pre': return [el('pre', { dir: 'ltr', 'data-language': block.language || null }, el('code', {}, block.of))];
    case 'quote': return [el('blockquote', {}, ...block.of.flatMap(inner => drawBlock(inner)))];
    case 'list': {
      const items = block.of.map(item => el('li', {}, ...drawInline(item)));
      return [block.first === undefined ? el('ul', {}, ...items) : el('ol', { start: String(block.first) }, ...items)];
    }
  }
}

/**
 * @param {Inline[]} pieces
 * @returns {(HTMLElement | string)[]}
 */
const drawInline = pieces => pieces.map(piece => {
  if (typeof piece === 'string') return piece;
  switch (piece.mark) {
    case 'a': return drawLink(piece.of, piece.href);
    case 'code': return el('code', { dir: 'ltr' }, piece.of);
    default: return el(piece.mark, {}, ...drawInline(piece.of));
  }
});

/**
 * What is clicked is what is read: the link in its own letters, and in its own direction.
 * @param {string} text
 * @param {string} href
 */
const drawLink = (text, href) => el('a', { href, dir: 'ltr', title: href, target: '_blank', rel: 'noopener noreferrer' }, labelOf(text, href));
