// @ts-check
// Elements without markup: text is always set as text.

import { t } from './texts.js';

const SVG = 'http://www.w3.org/2000/svg';

/**
 * Attributes of an element, and listeners whose names begin with "on". False, null and undefined are left out.
 * @typedef {{
 *   onclick?: (event: MouseEvent) => unknown, onsubmit?: (event: SubmitEvent) => unknown, onchange?: (event: Event) => unknown,
 *   oninput?: (event: Event) => unknown, onkeydown?: (event: KeyboardEvent) => unknown, onpaste?: (event: ClipboardEvent) => unknown,
 *   onscroll?: (event: Event) => unknown,
 *   [name: string]: string | boolean | null | undefined | ((event: any) => unknown)
 * }} Attributes
 */

/**
 * el('button', { class: 'x', onclick: f, 'aria-label': 'y' }, 'text', child…); null and false children are left out.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} attributes
 * @param {...(Node | string | null | false)} content
 */
export function el(tag, attributes = {}, ...content) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) set(element, name, value);
  for (const child of content) if (child !== null && child !== false) element.append(child);
  return element;
}

/**
 * @param {Element} element
 * @param {string} name
 * @param {Attributes[string]} value
 */
function set(element, name, value) {
  if (typeof value === 'function') element.addEventListener(name.slice(2), value);
  else if (typeof value === 'boolean') element.toggleAttribute(name, value);
  else if (value !== null && value !== undefined) element.setAttribute(name, value);
}

/**
 * A name or an address in its own direction: right-to-left text must not reverse the text next to it.
 * @param {string} text
 */
export function bdi(text) {
  return el('bdi', {}, text);
}

/**
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * By keys: asking thousands of elements for theirs takes longer than all else.
 * @type {WeakMap<Element, Map<string, HTMLElement>>}
 */
const rowsOf = new WeakMap();

/**
 * Makes a list's children match the items and does not touch unchanged ones, so that focus and selection stay. create(item) makes an element, update(element,
 * item) fills it.
 * @template {HTMLElement} Row
 * @template Item
 * @param {Element} list holds nothing but what create has made
 * @param {Item[]} items
 * @param {(item: Item) => string} keyOfItem
 * @param {(item: Item) => Row} create
 * @param {(element: Row, item: Item) => void} update
 */
export function sync(list, items, keyOfItem, create, update) {
  const known = list.childElementCount ? rowsOf.get(list) : undefined;
  const old = /** @type {Map<string, Row>} */ (known ?? new Map());
  /** @type {Map<string, Row>} */
  const rows = new Map();
  rowsOf.set(list, rows);
  let before = list.firstElementChild;
  for (const item of items) {
    const key = keyOfItem(item);
    let child = old.get(key);
    old.delete(key);
    if (!child) {
      child = create(item);
      child.dataset.key = key;
    }
    rows.set(key, child);
    update(child, item);
    if (before && child === before) before = before.nextElementSibling;
    else list.insertBefore(child, before);
  }
  for (const child of old.values()) child.remove();
}

/** @type {Record<string, () => string>} */
const STATES = Object.assign(Object.create(null), {
  online: () => t('Online'),
  busy: () => t('Busy'),
  'back-soon': () => t('Be Right Back'),
  away: () => t('Away'),
  idle: () => t('Away'),
  'on-phone': () => t('On The Phone'),
  'at-lunch': () => t('Out To Lunch'),
  invisible: () => t('Appear Offline'),
  offline: () => t('Offline'),
  unknown: () => t('Status unknown'),
});

/** @param {string} state */
export const nameOfState = state => (STATES[state] ?? STATES.online)();

// Shapes as well as colours, for people who cannot tell the colours apart.
/** @type {Record<string, string>} */
const SHAPES = Object.assign(Object.create(null), {
  online: 'M4.2 8.3l2.6 2.6 5-5.4',
  busy: 'M4.5 8h7',
  'back-soon': 'M8 4v4.3l-3 1.7',
  away: 'M8 4v4.3l3 1.7',
  idle: 'M8 4v4.3l3 1.7',
  'on-phone': 'M5.5 4.5c0 4 2 6 6 6',
  group: 'M4.5 8h.01M8 8h.01M11.5 8h.01',
  unknown: 'M6.2 6.3a1.9 1.9 0 1 1 2.7 1.8c-.6.3-.9.6-.9 1.2M8 11.6h.01',
  'at-lunch': 'M6 4v8M10 4v8M4.5 4v2.5h3V4',
});

/**
 * The icon of a state, or of a group; the text next to it says the same.
 * @param {string} state
 */
export function presenceIcon(state) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('class', 'presence');
  setPresence(svg, state);
  return svg;
}

/**
 * @param {SVGElement} svg
 * @param {string} state
 */
export function setPresence(svg, state) {
  const shown = state in STATES || state === 'group' ? state : 'online';
  if (svg.dataset.state === shown) return;
  svg.dataset.state = shown;
  const circle = document.createElementNS(SVG, 'circle');
  for (const [name, value] of Object.entries({ cx: '8', cy: '8', r: '7' })) circle.setAttribute(name, value);
  svg.replaceChildren(circle);
  if (!SHAPES[shown]) return;
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', SHAPES[shown]);
  svg.append(path);
}

/**
 * A button that opens a list of others; closed by a choice, by Escape and by a click elsewhere.
 * @param {string} label
 * @param {string} sign
 * @param {...HTMLElement} items
 */
export function menu(label, sign, ...items) {
  /** @type {HTMLDetailsElement} */
  const box = el('details', { class: 'menu' },
    el('summary', { 'aria-label': label }, sign), el('ul', { onclick: () => { box.open = false; } }, ...items.map(item => el('li', {}, item))));
  box.addEventListener('keydown', event => {
    if (event.key !== 'Escape' || !box.open) return;
    event.preventDefault();
    box.open = false;
    box.querySelector('summary')?.focus();
  });
  document.addEventListener('click', event => {
    if (event.target instanceof Node && !box.contains(event.target)) box.open = false;
  });
  return box;
}

/**
 * Asks before something that cannot be undone.
 * @param {string} question
 * @param {string} consequence
 * @param {string} action
 * @param {() => void} act
 */
export function confirm(question, consequence, action, act) {
  const box = dialog(question, el('p', {}, consequence), el('div', { class: 'choice' },
    el('button', { type: 'button', onclick: () => box.close() }, t('Cancel')),
    el('button', { type: 'button', class: 'danger', onclick: () => { box.close(); act(); } }, action)));
}

/**
 * A modal dialog with a title, closed by Escape and by its button; removed when closed.
 * @param {string} title
 * @param {...Node} content
 */
export function dialog(title, ...content) {
  const heading = el('h2', { id: 'dialog-title' }, title);
  /** @type {HTMLDialogElement} */
  const box = el('dialog', { 'aria-labelledby': 'dialog-title' },
    el('div', { class: 'dialog-head' }, heading, el('button', { type: 'button', class: 'icon', 'aria-label': t('Close'), onclick: () => box.close() }, '✕')),
    ...content);
  box.addEventListener('close', () => box.remove());
  document.body.append(box);
  box.showModal();
  return box;
}
