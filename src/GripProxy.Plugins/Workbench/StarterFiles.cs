using System.Text.Json.Nodes;

namespace GripProxy.Plugins.Workbench;

/// <summary>The first files of a plugin: it runs, and its test passes. Stateless.</summary>
internal static class StarterFiles
{
    private const string JavaScript = """
        // Called for every event. Return the event, changed or not; nothing drops it.
        export async function processEvent(event, { config, cache, storage, grip }) {
          if (event.event === 'debug') return null
          event.properties = { ...event.properties, greeting: `${config.word}, ${event.distinct_id}!` }
          console.log(`greeted ${event.distinct_id}`)
          return event
        }

        """;

    private const string TypeScript = """
        import type { PluginEvent } from '@posthog/plugin-scaffold'

        interface Meta {
          config: { word: string }
        }

        // Called for every event. Return the event, changed or not; nothing drops it.
        export async function processEvent(event: PluginEvent, { config }: Meta): Promise<PluginEvent | null> {
          if (event.event === 'debug') return null
          event.properties = { ...event.properties, greeting: `${config.word}, ${event.distinct_id}!` }
          console.log(`greeted ${event.distinct_id}`)
          return event
        }

        """;

    private const string Events = """
        {"event":"signup","distinct_id":"anna","properties":{"plan":"pro"}}
        {"event":"debug","distinct_id":"anna"}

        """;

    private const string Expect = """
        {"output":{"properties":{"plan":"pro","greeting":"Hello, anna!"}},"error":null,"published":[{"channel":"events.signup"}]}
        {"output":null,"dropped":true,"published":[]}

        """;

    /// <summary>Paths and texts.</summary>
    /// <param name="name">Name of the plugin.</param>
    /// <param name="typeScript">True for TypeScript.</param>
    public static IEnumerable<(string Path, string Text)> For(string name, bool typeScript) =>
    [
        ("plugin.json", Manifest(name, typeScript)),
        (typeScript ? "index.ts" : "index.js", typeScript ? TypeScript : JavaScript),
        ("test/events.ndjson", Events),
        ("test/expect.ndjson", Expect),
    ];

    // The name is a folder's and may hold what JSON escapes.
    private static string Manifest(string name, bool typeScript) => $$"""
        {
          "name": {{((JsonNode)name).ToJsonString()}},
          "version": "0.1.0",
          "description": "Greets whom events are about",
          "main": "{{(typeScript ? "index.ts" : "index.js")}}",
          "config": [
            {"key": "word", "name": "Word of the greeting", "type": "string", "default": "Hello"}
          ]
        }

        """;
}
