import * as channels from './pages/channels.js';
import * as configuration from './pages/configuration.js';
import * as connections from './pages/connections.js';
import * as events from './pages/events.js';
import * as gamedays from './pages/gamedays.js';
import * as overview from './pages/overview.js';
import * as plugins from './pages/plugins.js';
import * as routes from './pages/routes.js';
import * as trace from './pages/trace.js';

/**
 * A page: its place in the address, its name, and what opens it in an element; that may return what closes it.
 * @typedef {{ path: string, title: string, open: (place: HTMLElement) => (void | (() => void) | Promise<void | (() => void)>) }} Page
 */

/** All pages in the order of the menu. @type {Page[]} */
export const pages = [overview, channels, connections, routes, trace, plugins, gamedays, events, configuration];
