using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.GameDay.Anonymising;

namespace GripProxy.GameDay.Recordings;

/// <summary>
/// Makes recorded events what a test tenant knows of its users (plugins-gameday.md §3): profiles, and the last events of each in the storage of a plugin, so that
/// campaigns have something to work with. Stateless.
/// </summary>
internal static class TenantSeed
{
    private const int Batch = 1000;
    private const int KeptEvents = 100;

    /// <summary>Makes it.</summary>
    /// <param name="access">The tenant; it must be marked as a test.</param>
    /// <param name="events">The events, in their order.</param>
    /// <param name="plugin">Name of the plugin in whose storage the events of each user are kept as <c>history/USER</c>, or null: only profiles are made.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What was done.</returns>
    /// <exception cref="TargetException">It was refused.</exception>
    public static async Task<string> RunAsync(TenantAccess access, IEnumerable<JsonObject> events, string? plugin, CancellationToken cancellationToken)
    {
        using var client = new TenantClient(access);
        if ((await client.AskAsync(HttpMethod.Get, "", body: null, cancellationToken))["test"]?.GetValueKind() != JsonValueKind.True)
            throw new TargetException($"the tenant '{access.Tenant}' is not marked as a test (\"test\": true); nothing was stored");
        var histories = new Dictionary<string, Queue<string>>(StringComparer.Ordinal);
        var lines = new StringBuilder();
        var (count, learned, waiting) = (0L, 0L, 0);
        foreach (var one in events)
        {
            var line = AnonymiseFiles.Write(one);
            lines.Append(line).Append('\n');
            count++;
            if (plugin is not null && one["distinct_id"]?.ToString() is { Length: > 0 } user)
                Keep(histories, user, line);
            if (++waiting < Batch)
                continue;
            learned += await LearnAsync(client, lines, cancellationToken);
            waiting = 0;
        }

        if (waiting > 0)
            learned += await LearnAsync(client, lines, cancellationToken);
        foreach (var (user, history) in histories)
        {
            _ = await client.AskAsync(
                HttpMethod.Put, $"/plugins/{Uri.EscapeDataString(plugin!)}/storage/{Uri.EscapeDataString("history/" + user)}", $"[{string.Join(',', history)}]", cancellationToken); // There are histories only with a plugin.
        }

        return $"{count} events: {learned} said something for profiles{(plugin is null ? "" : $"; {histories.Count} users have their last events in the storage of {plugin}")}";
    }

    private static void Keep(Dictionary<string, Queue<string>> histories, string user, string line)
    {
        if (!histories.TryGetValue(user, out var history))
            histories[user] = history = new Queue<string>();
        history.Enqueue(line);
        if (history.Count > KeptEvents)
            _ = history.Dequeue();
    }

    private static async Task<long> LearnAsync(TenantClient client, StringBuilder lines, CancellationToken cancellationToken)
    {
        var answer = await client.AskAsync(HttpMethod.Post, "/profiles", lines.ToString(), cancellationToken);
        lines.Clear();
        return answer["learned"]?.GetValueKind() == JsonValueKind.Number ? long.Parse(answer["learned"]!.ToJsonString()) : 0; // It is there.
    }
}
