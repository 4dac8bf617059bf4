// @ts-check
// What the server finds: people of one's own organisation, and what was said in all conversations.

import { DAV, RVP, parse, children, find, textOf, escape } from './xml.js';
import { read } from './message.js';
import { keyOf } from './address.js';

const PEOPLE = 'urn:rvpserver:people';
const HISTORY = 'urn:rvpserver:history';
const FEWEST = 2;
const MOST_PEOPLE = 20;
const MOST_MESSAGES = 20;

/** @typedef {{ url: string, name: string, address: string, department: string }} Found */
/**
 * Chat: the conversation. Url: whose, alone. From: empty for our own. Mid: its Message-Id, or of what it corrects, if it has one.
 * @typedef {{ id: string, chat: string, url: string, from: string, text: string, at: number, mid?: string }} Said
 */

/**
 * @param {import('./store.js').Store} store
 * @param {import('./rvp.js').Rvp} rvp
 * @param {string} text
 * @returns {Promise<{ people: Found[], messages: Said[] }>}
 */
export async function search({ server, me }, rvp, text) {
  const words = text.trim();
  if ([...words].length < FEWEST) return { people: [], messages: [] };
  const [people, messages] = await Promise.all([
    server.hasPeopleSearch ? findPeople(rvp, words).catch(() => []) : [],
    server.historyDays ? findMessages(rvp, words).catch(() => []) : [],
  ]);
  return { people: people.filter(({ url }) => keyOf(url) !== keyOf(me.url)), messages };
}

/**
 * @param {import('./rvp.js').Rvp} rvp
 * @param {string} words
 */
async function findPeople(rvp, words) {
  const answer = parse(await rvp.report(
    `<p:people-query xmlns:p='${PEOPLE}'><p:match>${escape(words)}</p:match><p:limit>${MOST_PEOPLE}</p:limit></p:people-query>`));
  return children(answer, PEOPLE, 'person').map(person => ({
    url: textOf(person, [DAV, 'href']), name: textOf(person, [DAV, 'displayname']), address: textOf(person, [PEOPLE, 'address']),
    department: textOf(person, [PEOPLE, 'department']),
  }));
}

/**
 * @param {import('./rvp.js').Rvp} rvp
 * @param {string} words
 */
async function findMessages(rvp, words) {
  const answer = parse(await rvp.report(
    `<h:history-query xmlns:h='${HISTORY}'><h:match>${escape(words)}</h:match><h:limit>${MOST_MESSAGES}</h:limit></h:history-query>`));
  return children(answer, HISTORY, 'entry').reverse().flatMap(said);
}

/**
 * @param {Element} entry
 * @returns {Said[]}
 */
function said(entry) {
  const notification = find(entry, [RVP, 'notification']);
  const message = notification && read(notification);
  const whom = textOf(entry, [HISTORY, 'with']);
  if (message?.kind !== 'text') return [];
  const isGroup = whom.startsWith('{');
  return [{
    id: textOf(entry, [HISTORY, 'id']), chat: isGroup ? 'g:' + whom.toLowerCase() : 'p:' + keyOf(whom), url: isGroup ? '' : whom,
    from: find(entry, [HISTORY, 'from-me']) ? '' : message.from.url, text: message.text, at: Date.parse(textOf(entry, [HISTORY, 'at'])),
    mid: message.replaces || message.id,
  }];
}
