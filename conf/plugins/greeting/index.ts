import type { PluginEvent } from '@posthog/plugin-scaffold'

interface Meta {
  config: { word: string }
}

// Event to channel: plugin.json routes what is put here to `greetings.<user>`.
export function processEvent(event: PluginEvent, { config }: Meta): PluginEvent {
  if (event.event === 'signup') {
    event.properties = { ...event.properties, greeting: `${config.word}, ${event.properties?.name ?? event.distinct_id}!` }
  }
  return event
}
