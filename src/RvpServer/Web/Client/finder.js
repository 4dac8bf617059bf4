// @ts-check
// Looks for words in a conversation.

import { keyOf } from './address.js';
import { el, setText } from './dom.js';
import { allIn } from './lines.js';
import { t } from './texts.js';

/** @typedef {import('./log.js').Log} Log */

const MARK = 'found';
const MAX_MARKS = 500;
// Clocks differ, and a message takes its time.
const SAME_TIME = 60_000;
/**
 * Marks words without changing the page, in browsers that can.
 * @type {{ CSS?: { highlights?: Map<string, object> }, Highlight?: new (...ranges: Range[]) => object }}
 */
const { CSS, Highlight } = /** @type {any} */ (globalThis);

/**
 * The ids of messages that have all these words, the latest last.
 * @param {import('./types.js').Message[]} messages
 * @param {string} wanted
 */
export function findIn(messages, wanted) {
  const words = fold(wanted).split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  return messages.filter(message => message.type === 'text').filter(message => {
    const text = fold(message.text);
    return words.every(word => text.includes(word));
  }).map(message => message.id);
}

// Accents and case do not matter.
/** @param {string} text */
const fold = text => text.normalize('NFD').replace(/\p{Mn}/gu, '').toLowerCase();

export class Finder {
  /** @type {string[]} */
  #found = [];

  #at = 0;

  /**
   * @param {Log} log
   * @param {(words: string) => Promise<boolean>} reach reads back to where the words were said before what is here, if they were
   * @param {() => void} onClose
   */
  constructor(log, reach, onClose) {
    this.log = log;
    this.reach = reach;
    this.input = el('input', {
      type: 'search', 'aria-label': t('Search in this conversation'), placeholder: t('Search in this conversation'), autocomplete: 'off', spellcheck: 'false',
      oninput: () => this.look(), onkeydown: event => this.#onKey(event),
    });
    this.count = el('span', { class: 'quiet', role: 'status' });
    const button = (/** @type {string} */ label, /** @type {string} */ sign, /** @type {() => void} */ act) =>
      el('button', { type: 'button', class: 'icon', 'aria-label': label, onclick: act }, sign);
    this.element = el('div', { class: 'finder', role: 'search' }, this.input, this.count,
      button(t('Earlier'), '↑', () => this.#step(-1)), button(t('Later'), '↓', () => this.#step(1)),
      button(t('End the search'), '✕', onClose));
    this.onClose = onClose;
  }

  focus() {
    this.input.focus();
    this.input.select();
  }

  look() {
    this.#found = this.#find();
    this.#at = this.#found.length - 1;
    this.#show();
  }

  /**
   * To one message that has the words.
   * @param {string} words
   * @param {import('./find.js').Said} said
   */
  async lookFor(words, said) {
    this.input.value = words;
    this.look();
    for (let before = -1; before !== this.#found.length; this.#found = this.#find()) {
      const index = this.#indexOf(said);
      if (index >= 0) {
        this.#at = index;
        this.#show();
        return;
      }
      before = this.#found.length;
      if (!await this.reach(words).catch(() => false)) break;
      this.log.update();
    }
    this.look();
  }

  // Programs give their messages no id: the same words at nearly the same time are the same.
  /** @param {import('./find.js').Said} said */
  #indexOf({ mid, from, text, at }) {
    const isIt = (/** @type {import('./types.js').Message} */ message) => (mid ? message.mid === mid : message.text === text)
      && keyOf(message.from) === keyOf(from) && (mid || Math.abs(message.at - at) < SAME_TIME);
    const same = this.log.chat ? allIn(this.log.chat).filter(isIt) : [];
    const away = (/** @type {import('./types.js').Message} */ message) => Math.abs(message.at - at);
    const [nearest] = same.sort((one, other) => away(one) - away(other));
    return nearest ? this.#found.indexOf(nearest.id) : -1;
  }

  #find() {
    return this.log.chat ? findIn(allIn(this.log.chat), this.input.value) : [];
  }

  /** Nothing is marked any more. */
  clear() {
    for (const row of this.log.element.querySelectorAll('.found')) row.classList.remove('found');
    CSS?.highlights?.delete(MARK);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.isComposing) return;
    if (event.key === 'Escape') this.onClose();
    else if (event.key === 'Enter') this.#step(event.shiftKey ? 1 : -1);
    else return;
    event.preventDefault();
  }

  /** @param {number} step */
  async #step(step) {
    const words = this.input.value.trim();
    if (step < 0 && this.#at <= 0 && words && await this.reach(words).catch(() => false)) {
      this.log.update();
      const before = this.#found.length;
      this.#found = this.#find();
      this.#at += this.#found.length - before;
    }
    const count = this.#found.length;
    if (count) this.#at = (this.#at + step + count) % count;
    this.#show();
  }

  #show() {
    this.clear();
    const count = this.#found.length;
    setText(this.count, !this.input.value.trim() ? '' : count ? t('{0} of {1}', count - this.#at, count) : t('Not found'));
    const row = count ? this.log.rowOf(this.#found[this.#at]) : undefined;
    if (!row) return;
    row.classList.add('found');
    this.log.isAtEnd = false;
    row.scrollIntoView({ block: 'center' });
    this.#mark();
  }

  #mark() {
    if (!CSS?.highlights || !Highlight) return;
    const words = this.input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const texts = this.#found.flatMap(id => [...this.log.rowOf(id)?.querySelectorAll('.text') ?? []]);
    const ranges = texts.flatMap(text => rangesIn(text, words)).slice(0, MAX_MARKS);
    CSS.highlights.set(MARK, new Highlight(...ranges));
  }
}

/**
 * @param {Element} element
 * @param {string[]} words
 */
function rangesIn(element, words) {
  /** @type {Range[]} */
  const ranges = [];
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = (node.textContent ?? '').toLowerCase();
    if (text.length !== node.textContent?.length) continue;
    for (const word of words) {
      for (let at = text.indexOf(word); at >= 0 && ranges.length < MAX_MARKS; at = text.indexOf(word, at + word.length)) {
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + word.length);
        ranges.push(range);
      }
    }
  }
  return ranges;
}
