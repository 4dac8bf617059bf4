// @ts-check
// Whose web client this is: the page says it.

/** What it is called. */
export const title = () => /** @type {HTMLMetaElement} */ (document.querySelector('meta[name="application-name"]')).content;

/** The picture that the tab has, too. */
export const picture = () => /** @type {HTMLLinkElement} */ (document.querySelector('link[rel="icon"]')).href;
