// @ts-check
// The right side: one conversation.

import { el, menu, setText, nameOfState } from './dom.js';
import { keyOf } from './address.js';
import { face } from './avatar.js';
import { Composer } from './composer.js';
import { sendAgain } from './writing.js';
import { isRequest, nameOf } from './list.js';
import { Log } from './log.js';
import { Refused } from './rvp.js';
import { t, tn } from './texts.js';

/** @typedef {import('./types.js').Chat} Chat */
/** @typedef {import('./finder.js').Finder} Finder */

export class ChatView {
  /** @type {Chat | null} */
  chat = null;

  /** @type {Finder | null} */
  finder = null;

  /**
   * @param {import('./store.js').Store} store
   * @param {import('./rvp.js').Rvp} rvp
   * @param {import('./app.js').App} app what the buttons do
   * @param {import('./history.js').History} history
   */
  constructor(store, rvp, app, history) {
    this.store = store;
    this.history = history;
    this.app = app;
    this.face = face();
    this.title = el('bdi', {});
    this.subtitle = el('span', { class: 'quiet' });
    const refused = () => t('The server did not take the change.');
    /**
     * @param {string} label
     * @param {(chat: Chat) => unknown} action
     * @param {(error: unknown) => string} explain
     * @param {import('./dom.js').Attributes} attributes
     */
    const button = (label, action, explain = refused, attributes = {}) =>
      el('button', { type: 'button', onclick: () => this.#do(action, explain), ...attributes }, label);
    this.star = button('', chat => app.contacts.mark(chat.members[0], { isFavourite: !store.person(chat.members[0]).isFavourite }));
    this.group = button(t('Group…'), chat => app.chooseGroup(chat.members[0]));
    const link = { class: 'link' };
    this.members = button('', chat => app.showPeople(chat), refused, link);
    this.people = button('', chat => app.showPeople(chat));
    this.mute = button('', chat => store.emit({ kind: 'muted', chat: chat.id, isMuted: !chat.isMuted }));
    this.block = button(t('Block'), chat => this.#toggleBlock(chat));
    this.blockDomain = button('', chat => this.#toggleBlockDomain(chat));
    this.remove = button(t('Remove from contacts'), chat => app.contacts.remove(chat.members[0]), () => t('The contact cannot be removed at the moment.'));
    this.leave = button('', chat => app.leave(chat));
    this.strangers = el('span', {});
    this.add = button(t('Add to contacts'), chat => app.contacts.add(chat.members[0]),
      error => (error instanceof Refused ? error.message : t('The server cannot be reached.')), link);
    this.refuse = button(t('Block'), async chat => { await app.contacts.setRule(chat.members[0], 'block'); app.ignore(chat); }, refused, link);
    this.ignore = button(t('Ignore'), chat => app.ignore(chat), refused, link);
    this.stranger = el('p', { class: 'stranger', hidden: true }, this.strangers, this.add, this.refuse, this.ignore);
    this.log = new Log(store, {
      reply: message => this.composer.reply(message),
      correct: message => this.composer.correct(message),
      sendAgain: message => this.chat && sendAgain(store, this.chat, message),
    }, chat => history.older(chat));
    this.typing = el('p', { class: 'typing', 'aria-live': 'polite' });
    /** @type {HTMLElement} */
    this.error = el('p', { class: 'error', role: 'alert' });
    this.composer = new Composer(store, rvp, problem => setText(this.error, problem));
    this.head = el('header', { class: 'chat-head' },
      el('button', { type: 'button', class: 'icon back', 'aria-label': t('Back to contacts'), onclick: () => app.stage.close() }, '‹'),
      this.face.element,
      el('div', { class: 'chat-name' }, el('h2', {}, this.title), this.subtitle, this.members),
      el('div', { class: 'chat-actions' },
        el('button', { type: 'button', class: 'close', onclick: () => app.stage.close() }, t('Close')),
        menu(t('More'), '⋯', button(t('Search in this conversation'), () => this.search()), this.people, this.mute,
          button(t('Copy the conversation'), chat => this.#copy(chat), () => t('The browser does not allow it.')),
          this.star, this.group, this.block, this.blockDomain, this.remove, this.leave)));
    this.element = el('div', { class: 'chat', hidden: true, onkeydown: event => this.#onKey(event) },
      this.head, this.stranger, this.log.element, this.log.foot, this.typing, this.error, this.composer.element);
  }

  /**
   * Shows a conversation, or none. Text that is being written stays with its conversation.
   * @param {Chat | null} chat
   */
  show(chat) {
    this.chat = chat;
    this.element.hidden = !chat;
    this.#endSearch();
    this.log.show(chat);
    setText(this.error, '');
    if (!chat) return;
    this.composer.show(chat);
    this.update();
  }

  update() {
    const { chat, store } = this;
    if (!chat) return;
    const people = chat.members.map(url => store.person(url));
    const names = nameOf(store, chat);
    setText(this.title, names);
    const [person] = people;
    this.face.show(names, chat.isGroup ? chat.id : person.address, chat.isGroup ? 'group' : person.state, chat.isGroup || person.domain ? '' : person.url);
    this.members.hidden = !chat.isGroup;
    setText(this.members, chat.isGroup ? tn(people.length + 1, '{0} person', '{0} people') : '');
    setText(this.subtitle, chat.isGroup ? '' : [
      (person.isContact || person.isMe) && nameOfState(person.state),
      person.note,
      person.name !== person.address && person.address,
      person.says && t('says: {0}', person.says),
    ].filter(Boolean).join(' · '));
    const isAsking = isRequest(store, chat);
    setText(this.people, chat.isGroup ? t('People and name…') : t('Add people…'));
    setText(this.mute, chat.isMuted ? t('Unmute') : t('Mute'));
    this.block.hidden = chat.isGroup || person.isMe || isAsking;
    setText(this.block, person?.isBlocked ? t('Unblock') : t('Block'));
    this.blockDomain.hidden = chat.isGroup || !person.domain;
    if (person?.domain) {
      setText(this.blockDomain, person.blockedDomain ? t('Unblock everyone at {0}', person.blockedDomain) : t('Block everyone at {0}', person.domain));
    }
    for (const item of [this.star, this.group, this.remove]) item.hidden = chat.isGroup || !person.isContact;
    setText(this.star, person?.isFavourite ? t('Remove from favourites') : t('Add to favourites'));
    setText(this.leave, chat.isGroup ? t('Leave the conversation…') : t('Delete the conversation…'));
    this.stranger.hidden = chat.isGroup ? !isAsking : person.isContact || person.isMe;
    setText(this.strangers, chat.isGroup ? t('Nobody here is on your contact list.') : t('Not on your contact list.'));
    this.add.hidden = chat.isGroup;
    this.refuse.hidden = chat.isGroup || !isAsking;
    this.ignore.hidden = !isAsking;
    this.log.element.setAttribute('aria-label', t('Conversation with {0}', names));
    const typing = Object.keys(chat.typing).map(key => store.person(chat.members.find(url => keyOf(url) === key) ?? key).name);
    setText(this.typing, typing.length ? tn(typing.length, '{1} is typing…', '{1} are typing…', typing.join(', ')) : '');
    this.log.update();
  }

  focus() {
    this.composer.focus();
  }

  /**
   * Looks for words in this conversation, which may have been found already.
   * @param {string} [words]
   * @param {import('./find.js').Said} [said] a message that has them
   */
  async search(words, said) {
    const { Finder } = await import('./finder.js');
    const { chat, history } = this;
    if (!chat) return;
    this.finder ??= new Finder(this.log, words => history.reach(chat, words), () => { this.#endSearch(); this.focus(); });
    if (!this.finder.element.isConnected) this.head.after(this.finder.element);
    if (words && said) await this.finder.lookFor(words, said);
    this.finder?.focus();
  }

  #endSearch() {
    this.finder?.clear();
    this.finder?.element.remove();
    this.finder = null;
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const isWriting = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
    if (event.key !== '/' || isWriting || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    this.search();
  }

  /** @param {Chat} chat */
  async #copy(chat) {
    const { transcriptOf, copyText } = await import('./transcript.js');
    await copyText(transcriptOf(this.store, chat));
  }

  /**
   * Runs an action on the conversation that is shown, and shows an error if it fails.
   * @param {(chat: Chat) => unknown} action
   * @param {(error: unknown) => string} explain
   */
  async #do(action, explain) {
    if (!this.chat) return;
    try {
      await action(this.chat);
    } catch (error) {
      setText(this.error, explain(error));
    }
  }

  /** @param {Chat} chat */
  async #toggleBlock(chat) {
    const person = this.store.person(chat.members[0]);
    await this.app.contacts.setRule(person.url, person.isBlocked ? 'default' : 'block');
  }

  /** @param {Chat} chat */
  async #toggleBlockDomain(chat) {
    const { domain, blockedDomain } = this.store.person(chat.members[0]);
    await this.app.contacts.setRule(blockedDomain || domain, blockedDomain ? 'default' : 'block');
  }
}
