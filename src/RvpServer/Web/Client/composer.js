// @ts-check
// The box in which one writes.

import { el, setText } from './dom.js';
import { Drafts } from './drafts.js';
import { Completion } from './completion.js';
import { draft, edit, excess, isEditable, send, sendTyping } from './conversation.js';
import { lastOwn } from './lines.js';
import { excerptOf } from './quotes.js';
import { replaceNames } from './shortnames.js';
import * as settings from './settings.js';
import { t } from './texts.js';

/** @typedef {import('./types.js').Chat} Chat */
/** @typedef {import('./types.js').Message} Message */

// The Enter with which an input method ends a word, in browsers that do not call it composing.
const COMPOSED = 229;
const MAX_ROWS = 8;
const GROWS_ITSELF = globalThis.CSS?.supports?.('field-sizing', 'content');
// Keyboards on glass have no Shift+Enter.
const GLASS = globalThis.matchMedia?.('(hover: none) and (pointer: coarse)');

export class Composer {
  /** @type {Chat | null} */
  chat = null;

  /**
   * What is being replied to.
   * @type {Message | null}
   */
  answered = null;

  /**
   * What is being corrected.
   * @type {Message | null}
   */
  edited = null;

  /**
   * @param {import('./store.js').Store} store
   * @param {import('./rvp.js').Rvp} rvp
   * @param {(problem: string) => void} tell says what is wrong, or that nothing is
   */
  constructor(store, rvp, tell) {
    this.store = store;
    this.rvp = rvp;
    this.tell = tell;
    this.drafts = new Drafts(store.me.url);
    /** @type {HTMLTextAreaElement} */
    this.box = el('textarea', {
      id: 'box', rows: '2', 'aria-label': t('Message'), placeholder: t('Write a message'), 'aria-autocomplete': 'list', 'aria-controls': 'emoji-found',
      oninput: () => this.#onInput(), onkeydown: event => this.#onKey(event), onpaste: event => this.#onPaste(event),
      onblur: () => { this.completion.close(); },
    });
    /** @type {Completion} */
    this.completion = new Completion(this.box);
    this.aboutText = el('span', { dir: 'auto' });
    this.about = el('p', { class: 'about-message', hidden: true },
      this.aboutText, el('button', { type: 'button', class: 'icon', 'aria-label': t('Cancel'), onclick: () => { this.drop(); this.focus(); } }, '✕'));
    this.emoji = el('button', { type: 'button', class: 'icon emoji', 'aria-label': t('Emoji'), onclick: () => this.#pick() }, '☺');
    this.element = el('form', { class: 'composer', onsubmit: event => { event.preventDefault(); this.#send(); } },
      this.about, this.completion.element, this.box, this.emoji, el('button', { type: 'submit', class: 'primary' }, t('Send')));
  }

  /** @param {Chat} chat */
  show(chat) {
    this.chat = chat;
    this.drop();
  }

  focus() {
    this.box.focus();
  }

  /** @param {Message} message */
  reply(message) {
    this.drop();
    this.answered = message;
    const who = message.from ? this.store.person(message.from).name : t('You');
    this.#showAbout(t('Reply to {0}: {1}', who, excerptOf(message.text)));
  }

  /** @param {Message} message */
  correct(message) {
    this.drop();
    this.edited = message;
    this.#showAbout(t('Correct what you have said'));
    this.box.value = message.text;
    this.#resize();
    this.focus();
    this.box.setSelectionRange(message.text.length, message.text.length);
  }

  /** Neither replies nor corrects: what was being written before is there again. */
  drop() {
    this.answered = this.edited = null;
    this.about.hidden = true;
    this.completion.close();
    this.box.value = this.chat ? this.drafts.of(this.chat.id) : '';
    this.#resize();
    this.tell('');
  }

  /**
   * Something was dropped on the page.
   * @param {DataTransfer | null} data
   */
  refuseFiles(data) {
    if (data?.types.includes('Files')) this.tell(t('Pictures and files cannot be sent yet.'));
  }

  /** @param {string} text */
  #showAbout(text) {
    setText(this.aboutText, text);
    this.about.hidden = false;
    this.focus();
  }

  #send() {
    const { chat, edited } = this;
    const text = replaceNames(this.box.value.trimEnd(), name => this.completion.find(name));
    if (!chat || !text.trim()) return;
    const message = this.#made(chat, text);
    if (this.#isTooLong(chat, message)) return;
    if (edited) edit(this.store, chat, edited, text);
    else {
      send(this.store, chat, message);
      this.drafts.keep(chat.id, '');
    }
    chat.typedAt = 0;
    this.drop();
    this.focus();
  }

  /**
   * @param {Chat} chat
   * @param {string} text
   * @returns {Message}
   */
  #made(chat, text) {
    if (this.edited) return { ...this.edited, text, edits: (this.edited.edits ?? 0) + 1 };
    const { answered } = this;
    return draft(this.store, chat, text, answered ? { reply: { mid: answered.mid ?? '', text: excerptOf(answered.text) } } : {});
  }

  /**
   * @param {Chat} chat
   * @param {Message} message
   */
  #isTooLong(chat, message) {
    const over = excess(this.store, chat, message);
    this.tell(over > 0
      ? t('This is too long to be sent: the server takes {0} KB in one message, and this is {1} KB too much.',
        Math.floor(this.store.server.maxBodyBytes / 1024), Math.ceil(over / 1024))
      : '');
    return over > 0;
  }

  #onInput() {
    this.#resize();
    this.completion.look();
    if (!this.chat) return;
    if (!this.edited) this.drafts.keep(this.chat.id, this.box.value);
    this.tell('');
    if (this.box.value.trim()) sendTyping(this.store, this.rvp, this.chat);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.isComposing || event.keyCode === COMPOSED || this.completion.take(event)) return;
    if (event.key === 'Enter' && sends(event)) {
      event.preventDefault();
      this.#send();
    } else if (event.key === 'Escape' && !this.about.hidden) {
      event.preventDefault();
      this.drop();
    } else if (event.key === 'ArrowUp' && !this.box.value && !event.shiftKey) {
      const last = lastOwn(this.chat?.messages ?? []);
      if (!last || !isEditable(last)) return;
      event.preventDefault();
      this.correct(last);
    }
  }

  /** @param {ClipboardEvent} event */
  #onPaste(event) {
    const pasted = event.clipboardData?.getData('text/plain') ?? '';
    if (!pasted && event.clipboardData?.files.length) {
      event.preventDefault();
      this.refuseFiles(event.clipboardData);
    }
    const { value, selectionStart, selectionEnd } = this.box;
    // Refused as a whole: half a text would be worse, and a megabyte in the box makes typing slow.
    const text = value.slice(0, selectionStart) + pasted + value.slice(selectionEnd);
    if (this.chat && pasted.length > 10_000 && this.#isTooLong(this.chat, this.#made(this.chat, text))) event.preventDefault();
  }

  async #pick() {
    const part = await import('./picker.js').catch(() => null);
    if (!part) this.tell(t('The server cannot be reached.'));
    part?.showPicker(sign => {
      this.focus();
      this.box.setRangeText(sign, this.box.selectionStart, this.box.selectionEnd, 'end');
      this.#onInput();
    });
  }

  #resize() {
    const { box } = this;
    box.rows = Math.min(MAX_ROWS, Math.max(2, box.value.split('\n', MAX_ROWS + 1).length));
    // Lines that are wrapped count as well.
    while (!GROWS_ITSELF && box.rows < MAX_ROWS && box.scrollHeight > box.clientHeight) box.rows++;
  }
}

/** @param {KeyboardEvent} event with Enter */
function sends(event) {
  if (event.ctrlKey || event.metaKey) return true;
  const wish = settings.get('enter');
  return !event.shiftKey && !event.altKey && (wish === 'send' || wish !== 'line' && !GLASS?.matches);
}
