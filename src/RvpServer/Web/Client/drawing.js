// @ts-check
// Draws when the browser does: however many events arrive, each picture is made once.

// Where nobody sees the page, browsers make no pictures; the title still has to change.
const UNSEEN = 250;

/**
 * A function that has everything drawn soon.
 * @param {() => void} draw
 */
export function drawSoon(draw) {
  let frame = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const now = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    timer = undefined;
    draw();
  };
  return () => {
    if (timer !== undefined) return;
    timer = setTimeout(now, UNSEEN);
    frame = requestAnimationFrame(now);
  };
}

/** Waits until what has come is on the screen, where anybody sees it: storing takes longer than drawing. */
export function drawn() {
  if (globalThis.document?.visibilityState !== 'visible') return Promise.resolve();
  return new Promise(done => {
    const timer = setTimeout(done, UNSEEN);
    requestAnimationFrame(() => {
      clearTimeout(timer);
      setTimeout(done);
    });
  });
}
