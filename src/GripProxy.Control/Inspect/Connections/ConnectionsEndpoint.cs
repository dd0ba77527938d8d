using GripProxy.Channels;
using GripProxy.Channels.Connections;
using GripProxy.Channels.Subscriptions;
using GripProxy.Control.Access;
using GripProxy.Control.Http;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Control.Inspect.Connections;

/// <summary>Lists the held connections, and tells of one (CTL-04).</summary>
internal sealed class ConnectionsEndpoint(IConnectionDirectory connections, SubscriptionTable table, ChannelsOptions options) : IOwnEndpoint
{
    /// <inheritdoc/>
    public string Name => "connections";

    /// <inheritdoc/>
    public string Method => HttpMethods.Get;

    /// <inheritdoc/>
    public bool Serves(int segments) => segments <= 1;

    /// <inheritdoc/>
    public ValueTask<ControlAnswer> AnswerAsync(OwnRequest request)
    {
        if (!request.Scope.IsUnrestricted)
            return ValueTask.FromResult(ControlAuthentication.LimitsNotAllowed);
        return ValueTask.FromResult(request.Segments.Count == 0 ? List(request) : Find(request.Segments[0]));
    }

    private ControlAnswer List(OwnRequest request)
    {
        if (Page.Read(request, out var problem) is not { } page || ConnectionFilter.Read(request, out problem) is not { } filter)
            return problem!; // There is one if one of the two is not there.
        var all = filter.Channel is null ? connections.All : table.Holders(filter.Channel).OfType<IHeldConnection>();
        return page.Answer(
            all.Where(filter.Fits), static connection => connection.Id, (json, connection) => ConnectionJson.Write(json, connection, options.Node));
    }

    private ControlAnswer Find(string id) => connections.Find(id) is { } connection
        ? JsonAnswer.Of(200, json => ConnectionJson.Write(json, connection, options.Node))
        : Problem.NotFound($"no connection '{id}' is held");
}
