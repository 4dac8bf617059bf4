// @ts-check
// The conversation that is shown is in the page's address, so that Back, Forward, reload and bookmarks find it.

const LIST = '#';

/** Is no conversation, but has its place. */
export const SETTINGS = 'settings';

/** Before an address: a link with which somebody may be added. */
export const ADD = 'add:';

/** The conversation that the address names; empty for the list. */
export function placeOf(hash = location.hash) {
  try {
    return decodeURIComponent(hash.slice(1));
  } catch {
    return '';
  }
}

/** @param {string} chat */
export function hashOf(chat) {
  // Half a character, which somebody may have for a name, has no place in an address.
  return LIST + encodeURI(chat.replace(/[\ud800-\udfff]/gu, '')).replaceAll('#', '%23');
}

/**
 * A conversation is opened: from the list, Back leads to it again.
 * @param {string} chat
 */
export function enter(chat) {
  if (placeOf() !== chat) history.pushState({ isOver: true, isOverList: !placeOf() }, '', hashOf(chat));
}

/** Back to the list, as if Back had been pressed if that leads there. */
export function leave() {
  if (history.state?.isOverList) history.back();
  else stay();
}

/** Back to whatever was here before; false if this page was not there. */
export function back() {
  if (history.state?.isOver) history.back();
  else stay();
  return Boolean(history.state?.isOver);
}

/** The list is here, without a step back to what was here before. */
export function stay() {
  history.replaceState(null, '', location.pathname + location.search);
}
