using System.Text.Json;
using GripProxy.Channels;
using GripProxy.Channels.Connections;
using GripProxy.Channels.Subscriptions;
using GripProxy.Control.Access;
using GripProxy.Control.Http;
using GripProxy.Control.Inspect.Cluster;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Control.Inspect.Connections;

/// <summary>Lists the held connections, and tells of one (CTL-04).</summary>
internal sealed class ConnectionsEndpoint(
    IConnectionDirectory connections, SubscriptionTable table, ChannelsOptions options, OtherNodes others) : IOwnEndpoint
{
    /// <inheritdoc/>
    public string Name => "connections";

    /// <inheritdoc/>
    public string Method => HttpMethods.Get;

    /// <inheritdoc/>
    public bool IsForAllNodes => true;

    /// <inheritdoc/>
    public bool Serves(int segments) => segments <= 1;

    /// <inheritdoc/>
    public ValueTask<ControlAnswer> AnswerAsync(OwnRequest request)
    {
        if (!request.Scope.IsUnrestricted)
            return ValueTask.FromResult(ControlAuthentication.LimitsNotAllowed);
        return request.Segments.Count == 0 ? ListAsync(request) : FindAsync(request, request.Segments[0]);
    }

    private async ValueTask<ControlAnswer> ListAsync(OwnRequest request)
    {
        if (Page.Read(request, out var problem) is not { } page || ConnectionFilter.Read(request, out problem) is not { } filter)
            return problem!; // There is one if one of the two is not there.
        if (await others.AskAsync(Name, request) is not { } answers)
            return OtherNodes.Unavailable;
        var here = filter.Channel is null ? connections.All : table.Holders(filter.Channel).OfType<IHeldConnection>();
        var all = here.Where(filter.Fits).Select(static connection => new Entry(connection.Id, connection, default))
            .Concat(answers.Items.SelectMany(Read));
        var entries = page.Take(all, static entry => entry.Id, answers, out var next);
        return Page.Answer(entries, next, answers, Write);
    }

    private async ValueTask<ControlAnswer> FindAsync(OwnRequest request, string id)
    {
        if (connections.Find(id) is { } connection)
            return JsonAnswer.Of(200, json => ConnectionJson.Write(json, connection, options.Node));
        if (await others.AskAsync(Name, request) is not { } answers)
            return OtherNodes.Unavailable;
        if (answers.Items.Count > 0)
            return JsonAnswer.Of(200, json => Write(json, new Entry(id, Here: null, answers.Items[0])));
        return Problem.NotFound($"no connection '{id}' is held");
    }

    private void Write(Utf8JsonWriter json, Entry entry)
    {
        if (entry.Here is { } connection)
        {
            ConnectionJson.Write(json, connection, options.Node);
            return;
        }

        foreach (var member in entry.There.EnumerateObject())
            member.WriteTo(json);
    }

    private static IEnumerable<Entry> Read(JsonElement answer) =>
        answer.GetProperty("items").EnumerateArray().Select(static item => new Entry(item.GetProperty("id").GetString() ?? "", Here: null, item));

    /// <summary>A connection of this node, or what another one says of one of its own.</summary>
    private readonly record struct Entry(string Id, IHeldConnection? Here, JsonElement There);
}
