// @ts-check
// What the browser keeps for this page. Where that is forbidden there is nothing, and what does not fit is refused, as everywhere: whoever writes must expect it.

/** @typedef {Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>} Kept */

export const storage = ofBrowser() ?? /** @type {Storage} */ (/** @type {Kept} */ ({
  getItem: () => null,
  setItem: () => { throw new DOMException('This page may keep nothing.', 'SecurityError'); },
  removeItem: () => {},
}));

function ofBrowser() {
  try {
    return globalThis.localStorage;
  } catch {
    return undefined;
  }
}

/**
 * Keeps something, if the browser does; false if it does not.
 * @param {string} name
 * @param {string} text
 */
export function keep(name, text) {
  try {
    storage.setItem(name, text);
    return true;
  } catch {
    return false;
  }
}
