import { ask } from '../api.js';
import { button, fill, h, table, tell } from '../dom.js';
import { count, duration } from '../format.js';
import { asPlugins } from '../pluginsign.js';

export const path = 'gamedays';
export const title = 'Game days';

/** @param {HTMLElement} place */
export const open = (place) => asPlugins(place, '/api/v1/gamedays', () => {
  async function list() {
    const { items } = await ask('/api/v1/gamedays', { asPlugins: true });
    fill(place, items.length === 0 && h('p.empty', null, 'No game day runs in this proxy. docs/preparing-for-a-peak.md tells how one begins.'), items.map(card));
  }

  /** @param {any} run */
  function card(run) {
    const act = (/** @type {string} */ word, /** @type {string} */ text) => button(text, async () => {
      await ask(`/api/v1/gamedays/${run.id}/${word}`, { method: 'POST', body: {}, asPlugins: true });
      tell(`${run.name}: ${word}.`);
      await list();
    }, { 'aria-label': `${text} ${run.name}` });
    return h('section.card', { 'aria-label': run.name },
      h('h2', null, run.name, ' ', h(`span.state.${run.state}`, null, run.state)),
      h('p', null, `step ${run.step} of ${run.steps}, ${duration(run.elapsed_s)}`, run.end_reason ? `, ended: ${run.end_reason}` : ''),
      h('progress', { max: run.steps, value: run.step, 'aria-label': 'Steps' }),
      h('div.bar', null,
        run.state === 'waiting' && act('start', 'Start'),
        isUnderWay(run.state) && run.state !== 'paused' && act('pause', 'Pause'),
        run.state === 'paused' && act('resume', 'Resume'),
        isUnderWay(run.state) && [act('next', 'Next step'), act('stop', 'Stop')]),
      table('Scenarios', ['scenario', 'times the baseline', 'a second', 'sent', 'accepted', 'received', 'accept, 99 %', 'publish, 99 %'], run.scenarios.map((/** @type {any} */ one) => [
        one.name, count(one.multiple), count(one.rate), count(one.sent), count(one.accepted), count(one.received), ms(one.ingest_p99_ms), ms(one.publish_p99_ms),
      ]), 'It has no scenarios.'),
      run.conditions.length > 0 && table('Conditions', ['condition', 'scenario', 'is', 'now'], run.conditions.map((/** @type {any} */ one) => [
        one.condition, one.scenario ?? 'all', count(one.value), h(`span.state.${one.violated ? 'failed' : one.holds ? 'up' : 'waiting'}`, null, one.violated ? 'violated' : one.holds ? 'holds' : 'does not hold'),
      ]), ''));
  }

  const quietly = () => list().catch((error) => tell(error.message, true));
  quietly();
  const timer = setInterval(() => {
    if (!place.contains(document.activeElement))
      quietly();
  }, 2000);
  return () => clearInterval(timer);
});

/** @param {string} state */
const isUnderWay = (state) => !['waiting', 'stopping', 'done', 'failed'].includes(state);

/** @param {number | null} value */
const ms = (value) => value === null ? '–' : duration(value / 1000);
