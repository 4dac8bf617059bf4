// @ts-check
// One line of a conversation: a message, a note, or the beginning of a day.

import { el, bdi, setText } from './dom.js';
import { saidIn } from './chat.js';
import { clockOf, fullTimeOf } from './times.js';
import { drawText } from './drawn.js';
import { around, t } from './texts.js';

/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./types.js').Chat} Chat */
/** @typedef {import('./types.js').Message} Message */
/** @typedef {import('./lines.js').Line} Line */
/** @typedef {{ who: HTMLElement, text: HTMLElement, card: HTMLElement, edited: HTMLElement, status: HTMLElement, edit: HTMLElement }} Parts */
/** @typedef {HTMLElement & { parts?: Partial<Parts> }} Row */
/**
 * What can be done with messages.
 * @typedef {{ reply(message: Message): void, correct(message: Message): void, sendAgain(message: Message): void, show(id: string): void }} Deeds
 */
/** @typedef {{ store: Store, chat: Chat, deeds: Deeds, editable: Message | undefined }} Around */

// A bubble shows this many characters first; the rest on demand.
const SHORT = 4000;

/**
 * @param {Line} line
 * @param {Around} context
 * @returns {Row}
 */
export function createRow(line, { deeds }) {
  if ('isNews' in line) return el('div', { class: 'news' }, el('span', {}, t('New')));
  if (!line.message) return el('div', { class: 'day' });
  const { message } = line;
  const status = el('span', { class: 'status' });
  if (message.type === 'note') return Object.assign(el('div', { class: 'note' }, bdi(message.text), ' ', status), { parts: { status } });
  const who = bdi('');
  const text = el('div', { class: 'text', dir: 'auto', id: `text-${message.id}` });
  const card = el('div', { class: 'card', hidden: !message.reply });
  const edited = el('span', { class: 'edited', hidden: true }, t('(edited)'));
  const edit = deed(t('Correct'), '✎', () => deeds.correct(message));
  const row = el('article', { class: message.from ? 'theirs' : 'mine', title: fullTimeOf(message.at), tabindex: '-1' },
    el('span', { class: 'who' }, who, ' ', el('time', { datetime: new Date(message.at).toISOString() }, clockOf(message.at))),
    el('div', { class: 'bubble' }, card, text, el('div', { class: 'deeds' }, deed(t('Reply'), '↩', () => deeds.reply(message)), edit)),
    edited, status);
  return Object.assign(row, { parts: { who, text, card, edited, status, edit } });
}

/**
 * @param {string} label
 * @param {string} sign
 * @param {() => void} act
 */
const deed = (label, sign, act) => el('button', { type: 'button', 'aria-label': label, title: label, onclick: act }, sign);

/**
 * @param {Row} row
 * @param {Line} line
 * @param {Around} context
 */
export function updateRow(row, line, context) {
  if ('isNews' in line) return;
  const { message } = line;
  if (!message) {
    setText(row, line.day);
    return;
  }
  const { who, text, edited, edit, card } = row.parts ?? {};
  if (who) {
    const name = message.from ? context.store.person(message.from).name : t('You');
    setText(who, name);
    row.setAttribute('aria-label', `${name}, ${clockOf(message.at)}`);
    row.setAttribute('aria-describedby', `text-${message.id}`);
    row.classList.toggle('continued', line.isContinued && !message.reply);
  }
  if (text && row.dataset.edits !== String(message.edits ?? 0)) {
    row.dataset.edits = String(message.edits ?? 0);
    fill(text, message.text);
  }
  if (edited) edited.hidden = !message.edits;
  if (edit) edit.hidden = message !== context.editable;
  if (card && message.reply) fillCard(card, message.reply, context);
  showStatus(row, message, context);
}

/**
 * How far it has come.
 * @param {Row} row
 * @param {Message} message
 * @param {Around} context
 */
function showStatus(row, message, { store, chat, deeds }) {
  const status = row.parts?.status;
  if (!status) return;
  const stand = message.status === 'sending' && store.connection.state !== 'online' ? 'queued' : message.status;
  const names = (message.status === 'waiting' ? message.waiting : message.refused)?.map(url => store.person(url).name).join(', ') ?? '';
  if (row.dataset.status === stand && status.dataset.names === names && status.dataset.why === (message.why ?? '')) return;
  row.dataset.status = stand;
  status.dataset.names = names;
  status.dataset.why = message.why ?? '';
  switch (stand) {
    case 'failed':
      status.replaceChildren(t('Not delivered.'), ' ', ...chat.isGroup ? [bdi(names), ': '] : [], message.why ?? '', ' ',
        el('button', { type: 'button', class: 'link', onclick: () => deeds.sendAgain(message) }, t('Send again')));
      break;
    case 'waiting':
      status.replaceChildren(...around('Waits until {0} is there', bdi(names)));
      break;
    case 'queued':
      status.replaceChildren(t('Waits for the connection'));
      break;
    default:
      status.replaceChildren(...stand === 'sending' ? [message.why ?? '', message.why ? ' ' : '', t('Sending…')] : []);
  }
}

/**
 * What is replied to, in its own words where we have it: who replies may quote what nobody has said.
 * @param {HTMLElement} card
 * @param {import('./types.js').Reply} reply
 * @param {Around} context
 */
function fillCard(card, reply, { store, chat, deeds }) {
  const found = reply.mid ? saidIn(chat, reply.mid) : undefined;
  const name = found && (found.from ? store.person(found.from).name : t('You'));
  const shown = `${found?.id} ${found?.edits} ${name}`;
  if (card.dataset.shown === shown) return;
  card.dataset.shown = shown;
  const text = el('span', { class: 'quoted', dir: 'auto' }, (found?.text ?? reply.text).slice(0, 300));
  card.replaceChildren(found && name !== undefined
    ? el('button', { type: 'button', title: t('Show it'), onclick: () => deeds.show(found.id) }, bdi(name), text)
    : text);
}

/**
 * @param {HTMLElement} element
 * @param {string} text
 */
function fill(element, text) {
  if (text.length <= SHORT) {
    element.replaceChildren(...drawText(text));
    return;
  }
  const showAll = () => element.replaceChildren(...drawText(text));
  element.replaceChildren(...drawText(text.slice(0, SHORT)), '… ',
    el('button', { type: 'button', class: 'link', onclick: showAll }, t('Show all {0} characters', text.length)));
}
