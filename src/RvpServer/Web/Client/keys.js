// @ts-check
// Keys that work wherever one is on the page.

/**
 * @param {import('./app.js').App} app
 * @returns {(event: KeyboardEvent) => void} a listener for keydown
 */
export const keysOf = app => event => {
  if (event.defaultPrevented || event.isComposing || document.querySelector('dialog[open], :popover-open')) return;
  if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) app.search();
  else if (event.key === '?' && !isWriting(event.target)) app.openHelp();
  else if (event.key === 'Escape' && app.stage.settings) app.stage.closeSettings();
  else return;
  event.preventDefault();
};

/** @param {EventTarget | null} target */
const isWriting = target => target instanceof HTMLElement && target.matches('input, textarea, select');
