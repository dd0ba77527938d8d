import assert from 'node:assert/strict';
import { makePosthog } from '../../../src/GripProxy.Plugins/worker/cell/posthog.js';

function listening() {
  const asked = [];
  const fetch = (url, init) => (asked.push({ url, ...init }), Promise.resolve('answer'));
  return { asked, api: makePosthog(() => Promise.resolve(), fetch).api };
}

const keys = { host: 'https://ph.example', projectApiKey: 'phc', personalApiKey: 'phx' };

Deno.test('api asks the host with both keys', async () => {
  const { asked, api } = listening();
  assert.equal(await api.get('/api/projects/@current/annotations?x=1', keys), 'answer');
  await api.post('/api/annotation', { ...keys, data: { a: 1 }, headers: { 'X-A': 'b' } });
  assert.deepEqual(asked, [
    { url: 'https://ph.example/api/projects/@current/annotations?x=1&token=phc', method: 'GET', headers: { Authorization: 'Bearer phx' }, body: undefined },
    {
      url: 'https://ph.example/api/annotation?token=phc',
      method: 'POST',
      headers: { Authorization: 'Bearer phx', 'X-A': 'b', 'Content-Type': 'application/json' },
      body: '{"a":1}',
    },
  ]);
});

Deno.test('api takes its keys only together, and says that it needs them', async () => {
  const { asked, api } = listening();
  await assert.rejects(api.put('/x', { host: keys.host, projectApiKey: 'phc' }), /only together/);
  await assert.rejects(api.delete('/x'), /needs host, projectApiKey and personalApiKey/);
  assert.deepEqual(asked, []);
});
