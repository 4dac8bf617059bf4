import test from 'node:test';
import assert from 'node:assert/strict';
import { browserIn } from '../../src/RvpServer/Web/Client/session.js';

test('browsers have the names that people know', () => {
  const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36';

  assert.equal(browserIn(chrome), 'Chrome on Linux');
  assert.equal(browserIn(chrome.replace('X11; Linux x86_64', 'Windows NT 10.0; Win64; x64') + ' Edg/156.0.0.0'), 'Edge on Windows');
  assert.equal(browserIn('Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0'), 'Firefox on macOS');
  assert.equal(browserIn('Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/604.1'), 'Safari on iPhone');
  assert.equal(browserIn('Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36'), 'Chrome on Android');
  for (const odd of ['', 'curl/8.0', '<b>x</b>']) assert.equal(browserIn(odd), 'A browser');
});
