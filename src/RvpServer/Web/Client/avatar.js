// @ts-check
// Faces: initials on a colour of their own, and how available somebody is.

import { pictureOf } from './pictures.js';
import { el, presenceIcon, setPresence, setText } from './dom.js';

/**
 * The first letters of the first and of the last word: of a name, or of an address before its domain.
 * @param {string} name
 */
export function initialsOf(name) {
  const words = name.split('@')[0].split(/[\s._-]+/).map(word => [...word].find(sign => /[\p{L}\p{N}]/u.test(sign)) ?? '').filter(Boolean);
  return (words.length > 1 ? words[0] + words[words.length - 1] : words[0] ?? '?').toUpperCase();
}

/**
 * The same colour for the same address everywhere, dark enough for white letters.
 * @param {string} address
 */
export function colourOf(address) {
  let hash = 7;
  for (const sign of address.toLowerCase()) hash = (hash * 31 + (sign.codePointAt(0) ?? 0)) >>> 0;
  return `hsl(${hash % 24 * 15} 45% 32%)`;
}

/**
 * A face, which the text beside it names; show(name, address, state, url) fills it, state 'group' for several people. Url: of somebody who may have a picture
 * at our own server.
 */
export function face() {
  const letters = el('span', { class: 'letters' });
  const icon = presenceIcon('unknown');
  const element = el('span', { class: 'face', 'aria-hidden': 'true' }, letters, icon);
  return { element, show };

  /**
   * @param {string} name
   * @param {string} address
   * @param {string} state
   * @param {string} [url]
   */
  function show(name, address, state, url = '') {
    setText(letters, initialsOf(name));
    setPresence(icon, state);
    if (element.dataset.of === address) return;
    element.dataset.of = address;
    letters.style.backgroundColor = colourOf(address);
    element.querySelector('img')?.remove();
    if (url) pictureOf(url).then(src => src && element.dataset.of === address && icon.before(el('img', { src, alt: '' })));
  }
}
