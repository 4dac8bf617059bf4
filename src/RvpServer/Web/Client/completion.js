// @ts-check
// Offers emoji for a short name that is being written.

import { el } from './dom.js';
import { begunAt, hasName } from './shortnames.js';

const MOST = 6;

/** @typedef {typeof import('./emoji.js')} Names */

export class Completion {
  /**
   * Read when they are first needed.
   * @type {Names | undefined}
   */
  #names;

  /** @type {import('./emoji.js').Emoji[]} */
  #found = [];

  #at = 0;
  #start = 0;

  /** @param {HTMLTextAreaElement} box */
  constructor(box) {
    this.box = box;
    this.element = el('ul', { id: 'emoji-found', class: 'found-emoji', role: 'listbox', 'aria-label': 'Emoji', hidden: true });
  }

  /** @param {string} name */
  find(name) {
    return this.#names?.find(name);
  }

  /** What stands before the cursor has changed. */
  async look() {
    if (!hasName(this.box.value)) {
      this.close();
      return;
    }
    try {
      this.#names ??= await import('./emoji.js');
    } catch {
      // Without the server there is nothing to offer.
      return;
    }
    const begun = begunAt(this.box.value, this.box.selectionStart);
    this.#start = begun?.start ?? 0;
    this.#found = begun ? this.#names.search(begun.wanted, MOST) : [];
    this.#at = 0;
    this.#draw();
  }

  close() {
    this.#found = [];
    this.#draw();
  }

  /**
   * Whether a key was for the list.
   * @param {KeyboardEvent} event
   */
  take(event) {
    if (!this.#found.length) return false;
    switch (event.key) {
      case 'ArrowDown': this.#move(1); break;
      case 'ArrowUp': this.#move(-1); break;
      case 'Escape': this.close(); break;
      case 'Tab':
      case 'Enter':
        if (event.shiftKey || event.ctrlKey) return false;
        this.#choose(this.#found[this.#at].sign);
        break;
      default: return false;
    }
    event.preventDefault();
    return true;
  }

  /** @param {number} step */
  #move(step) {
    this.#at = (this.#at + step + this.#found.length) % this.#found.length;
    this.#draw();
  }

  /** @param {string} sign */
  #choose(sign) {
    this.box.setRangeText(sign + ' ', this.#start, this.box.selectionStart, 'end');
    this.close();
    this.box.dispatchEvent(new Event('input'));
  }

  #draw() {
    this.element.hidden = !this.#found.length;
    // Before the box loses the focus.
    this.element.replaceChildren(...this.#found.map(({ sign, name }, i) => el('li', {
      id: `emoji-found-${i}`, role: 'option', 'aria-selected': String(i === this.#at), onpointerdown: event => { event.preventDefault(); this.#choose(sign); },
    }, el('span', { 'aria-hidden': 'true' }, sign), el('span', { lang: 'en' }, ` :${name}:`))));
    if (this.#found.length) this.box.setAttribute('aria-activedescendant', `emoji-found-${this.#at}`);
    else this.box.removeAttribute('aria-activedescendant');
  }
}
