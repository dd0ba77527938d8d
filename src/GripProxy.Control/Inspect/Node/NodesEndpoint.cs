using GripProxy.Channels;
using GripProxy.Channels.Connections;
using GripProxy.Channels.Subscriptions;
using GripProxy.Control.Access;
using GripProxy.Control.Health;
using GripProxy.Control.Http;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Control.Inspect.Node;

/// <summary>Lists the nodes (CTL-13); without a cluster this one.</summary>
internal sealed class NodesEndpoint : IOwnEndpoint
{
    private readonly IConnectionDirectory _connections;
    private readonly SubscriptionTable _table;
    private readonly Readiness _readiness;
    private readonly string _node;
    private readonly string? _address;
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _started;

    /// <summary>Counts the time from now on.</summary>
    public NodesEndpoint(
        IConnectionDirectory connections, SubscriptionTable table, Readiness readiness, ChannelsOptions channels, ControlOptions control, TimeProvider time)
    {
        _connections = connections;
        _table = table;
        _readiness = readiness;
        _node = channels.Node;
        _address = control.Listen?.ToString();
        _time = time;
        _started = time.GetUtcNow();
    }

    /// <inheritdoc/>
    public string Name => "nodes";

    /// <inheritdoc/>
    public string Method => HttpMethods.Get;

    /// <inheritdoc/>
    public bool Serves(int segments) => segments == 0;

    /// <inheritdoc/>
    public ValueTask<ControlAnswer> AnswerAsync(OwnRequest request) =>
        ValueTask.FromResult(request.Scope.IsUnrestricted ? List() : ControlAuthentication.LimitsNotAllowed);

    private ControlAnswer List() => JsonAnswer.Of(200, json =>
    {
        json.WriteStartArray("items");
        json.WriteStartObject();
        json.WriteString("node", _node);
        json.WriteBoolean("self", true);
        json.WriteString("version", typeof(NodesEndpoint).Assembly.GetName().Version?.ToString(3));
        json.WriteString("started", JsonTime.Text(_started));
        json.WriteString("seen", JsonTime.Text(_time.GetUtcNow()));
        json.WriteString("state", State());
        json.WriteStartArray("roles");
        json.WriteStringValue("proxy");
        json.WriteEndArray();
        json.WriteString("address", _address);
        json.WriteNumber("connections", _connections.Count);
        json.WriteNumber("channels", _table.Channels().Count());
        json.WriteStartArray("tenants");
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    });

    private string State()
    {
        var reasons = _readiness.Reasons([]);
        if (reasons.Count == 0)
            return "ready";
        return reasons.Contains("draining") ? "draining" : "degraded";
    }
}
