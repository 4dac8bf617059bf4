// @ts-check
// What is not needed at first is loaded when it is.

import { showNotice } from './toast.js';
import { t } from './texts.js';

/**
 * @template Part
 * @param {Promise<Part>} part
 * @param {(part: Part) => void} use
 */
export async function later(part, use) {
  /** @type {Part} */
  let loaded;
  try {
    loaded = await part;
  } catch (error) {
    console.warn(error);
    showNotice(t('The server cannot be reached.'));
    return;
  }
  use(loaded);
}
