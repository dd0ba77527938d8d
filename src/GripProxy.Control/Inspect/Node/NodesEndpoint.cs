using System.Text.Json;
using GripProxy.Channels;
using GripProxy.Channels.Connections;
using GripProxy.Channels.Nodes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Control.Access;
using GripProxy.Control.Health;
using GripProxy.Control.Http;
using GripProxy.Control.Inspect.Cluster;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Control.Inspect.Node;

/// <summary>Lists the nodes (CTL-13); without a cluster this one, which it describes to the others of a cluster.</summary>
internal sealed class NodesEndpoint : IOwnEndpoint
{
    private readonly IConnectionDirectory _connections;
    private readonly SubscriptionTable _table;
    private readonly Readiness _readiness;
    private readonly NodeWork _work;
    private readonly string _node;
    private readonly string? _address;
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _started;
    private readonly INodeDirectory? _others;

    /// <summary>Counts the time from now on.</summary>
    public NodesEndpoint(
        IConnectionDirectory connections, SubscriptionTable table, Readiness readiness, NodeWork work, ChannelsOptions channels, ControlOptions control,
        TimeProvider time, INodeDirectory? others = null)
    {
        _connections = connections;
        _table = table;
        _readiness = readiness;
        _work = work;
        _node = channels.Node;
        _address = control.Listen?.ToString();
        _time = time;
        _started = time.GetUtcNow();
        _others = others;
        others?.Describe(Self);
    }

    /// <inheritdoc/>
    public string Name => "nodes";

    /// <inheritdoc/>
    public string Method => HttpMethods.Get;

    /// <inheritdoc/>
    public bool Serves(int segments) => segments == 0;

    /// <inheritdoc/>
    public async ValueTask<ControlAnswer> AnswerAsync(OwnRequest request)
    {
        if (!request.Scope.IsUnrestricted)
            return ControlAuthentication.LimitsNotAllowed;
        if (_others is null || request.IsLocal)
            return List([Self()], selfRun: "", NodeAnswers.None);
        var others = await _others.ListOthersAsync();
        if (others is null)
            return OtherNodes.Unavailable;
        var self = Self();
        // What was known of the others before Redis went away is not true any more.
        var seen = others.IsCurrent ? others.Nodes : [];
        var answers = others.IsCurrent ? NodeAnswers.None : new NodeAnswers([], [.. others.Nodes.Select(static node => node.Node).Order(StringComparer.Ordinal)]);
        return List([.. seen.Append(self).OrderBy(node => node.Node, StringComparer.Ordinal).ThenBy(node => node.Run, StringComparer.Ordinal)], self.Run, answers);
    }

    private static ControlAnswer List(IReadOnlyList<NodeRecord> nodes, string selfRun, NodeAnswers answers) => JsonAnswer.Of(200, json =>
    {
        json.WriteStartArray("items");
        foreach (var node in nodes)
            Write(json, node, node.Run == selfRun);
        json.WriteEndArray();
        answers.WriteMissing(json);
    });

    private static void Write(Utf8JsonWriter json, NodeRecord node, bool isSelf)
    {
        json.WriteStartObject();
        json.WriteString("node", node.Node);
        json.WriteBoolean("self", isSelf);
        json.WriteString("version", node.Version);
        json.WriteString("started", JsonTime.Text(node.Started));
        json.WriteString("seen", JsonTime.Text(node.Seen));
        json.WriteString("state", node.State);
        WriteTexts(json, "roles", node.Roles);
        json.WriteString("address", node.Address);
        json.WriteNumber("connections", node.Connections);
        json.WriteNumber("channels", node.Channels);
        WriteTexts(json, "tenants", node.Tenants);
        json.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private NodeRecord Self() => new(
        "", _node, typeof(NodesEndpoint).Assembly.GetName().Version?.ToString(3) ?? "", _started, _time.GetUtcNow(), State(), _work.Roles, _work.Address ?? _address,
        _connections.Count, _table.Channels().Count(), _work.Tenants());

    private string State()
    {
        var reasons = _readiness.Reasons([]);
        if (reasons.Count == 0)
            return "ready";
        return reasons.Contains("draining") ? "draining" : "degraded";
    }
}
