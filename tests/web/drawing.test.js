import test from 'node:test';
import assert from 'node:assert/strict';
import { drawSoon } from '../../src/RvpServer/Web/Client/drawing.js';

/** A browser that makes a picture when the test says so. */
function screen() {
  const waiting = new Map();
  globalThis.requestAnimationFrame = draw => waiting.set(waiting.size + 1, draw).size;
  globalThis.cancelAnimationFrame = id => waiting.delete(id);
  return { next: () => [...waiting.values()].forEach(draw => draw()) };
}

test('however much happens, it is drawn once for each picture', () => {
  const shown = screen();
  let drawn = 0;
  const soon = drawSoon(() => drawn++);

  for (let i = 0; i < 1000; i++) soon();
  assert.equal(drawn, 0);
  shown.next();
  shown.next();
  assert.equal(drawn, 1);

  soon();
  shown.next();
  assert.equal(drawn, 2);
});

test('what nobody sees is drawn as well, a little later', t => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  screen();
  let drawn = 0;
  const soon = drawSoon(() => drawn++);

  soon();
  t.mock.timers.tick(250);

  assert.equal(drawn, 1);
});
