using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GripProxy.Proxy.Commands.Admin;

/// <summary>One run of a command that asks the control port: prints what it answers, for people or as JSON. Owned by the command.</summary>
internal sealed class AdminSession(ProcessContext context, AdminClient client, bool isJson) : IDisposable
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Asks once and prints the answer as the lines that <paramref name="lines"/> makes of it.</summary>
    public async Task<int> ShowAsync(string path, Func<JsonNode, IEnumerable<string>> lines, CancellationToken cancellationToken) =>
        await PrintAsync(await SendAsync(HttpMethod.Get, path, content: null, cancellationToken), lines);

    /// <summary>Lets something be done and prints what came of it.</summary>
    public Task<int> DoAsync(string path, JsonObject body, Func<JsonNode, IEnumerable<string>> lines, CancellationToken cancellationToken) =>
        DoAsync(HttpMethod.Post, path, body, lines, cancellationToken);

    /// <summary>As the other, by a method.</summary>
    public async Task<int> DoAsync(
        HttpMethod method, string path, JsonObject body, Func<JsonNode, IEnumerable<string>> lines, CancellationToken cancellationToken) =>
        await PrintAsync(await client.SendAsync(method, path, body, cancellationToken), lines);

    /// <summary>Sends something and prints nothing.</summary>
    public Task<AdminAnswer> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken) =>
        client.SendAsync(method, path, content, cancellationToken);

    /// <summary>Asks for a list, page by page, and prints it as a table.</summary>
    public async Task<int> ListAsync(string path, AdminQuery query, AdminTable table, CancellationToken cancellationToken)
    {
        var items = new JsonArray();
        var missing = new SortedSet<string>(StringComparer.Ordinal);
        string? after = null;
        do
        {
            var answer = await SendAsync(HttpMethod.Get, path + query.With("limit", "1000").With("after", after), content: null, cancellationToken);
            if (answer.Json is not { } page)
                return await FailAsync(answer.Error);
            foreach (var item in page["items"] as JsonArray ?? [])
                items.Add(item?.DeepClone());
            missing.UnionWith(MissingOf(page));
            after = (string?)page["next"];
        }
        while (after is not null);
        var list = new JsonObject { ["items"] = items };
        if (missing.Count > 0)
            list["missing"] = new JsonArray([.. missing.Select(static node => JsonValue.Create(node))]);
        return await PrintAsync(new AdminAnswer(list, Error: null), _ => table.Lines(items));
    }

    /// <summary>Prints events while they come, as the lines that <paramref name="lines"/> makes of them.</summary>
    public async Task<int> FollowAsync(string path, Func<string, JsonNode, IEnumerable<string>> lines, CancellationToken cancellationToken)
    {
        var error = await client.FollowAsync(
            path, (type, data) => context.Output.WriteLineAsync(isJson ? data.ToJsonString(Readable) : string.Join('\n', lines(type, data).Select(Shown))), cancellationToken);
        return error is null ? ExitCode.Success : await FailAsync(error);
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private async Task<int> PrintAsync(AdminAnswer answer, Func<JsonNode, IEnumerable<string>> lines)
    {
        if (answer.Json is not { } json)
            return await FailAsync(answer.Error);
        foreach (var line in isJson ? [json.ToJsonString(Readable)] : lines(json))
            await context.Output.WriteLineAsync(Shown(line));
        if (!isJson && string.Join(", ", MissingOf(json)) is { Length: > 0 } missing)
            await context.Error.WriteLineAsync("no answer from: " + Shown(missing));
        return ExitCode.Success;
    }

    // The nodes of a cluster that did not answer in time.
    private static IEnumerable<string> MissingOf(JsonNode answer) => (answer["missing"] as JsonArray ?? []).Select(static node => (string?)node ?? "");

    /// <summary>Says what went wrong.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> FailAsync(string? error)
    {
        await context.Error.WriteLineAsync("error: " + string.Concat((error ?? "").Where(static c => c == '\n' || !char.IsControl(c))));
        return ExitCode.Failure;
    }

    // Names and meta come from clients and origins; a terminal obeys control characters.
    private static string Shown(string line) => string.Concat(line.Select(static c => char.IsControl(c) ? '\uFFFD' : c));
}
