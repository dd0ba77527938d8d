using GripProxy.Channels.Connections;
using GripProxy.Channels.Subscriptions;
using GripProxy.Control.Http;
using GripProxy.Control.Inspect.Cluster;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Control.Inspect.Connections;

/// <summary>Makes WebSockets over HTTP ask their origins at once (CTL-05, WOH-15).</summary>
internal sealed class RefreshEndpoint(IConnectionDirectory connections, SubscriptionTable table, ControlOptions options, OtherNodes others) : IOwnEndpoint
{
    /// <inheritdoc/>
    public string Name => "refresh";

    /// <inheritdoc/>
    public string Method => HttpMethods.Post;

    /// <inheritdoc/>
    public bool IsForAllNodes => true;

    /// <inheritdoc/>
    public bool Serves(int segments) => segments == 0;

    /// <inheritdoc/>
    public async ValueTask<ControlAnswer> AnswerAsync(OwnRequest request)
    {
        var fields = await request.ReadFieldsAsync(options.MaxBodySize);
        var selection = ConnectionSelection.Read(fields);
        if (selection.FindRefusal(fields, request.Scope) is { } refusal)
            return refusal;
        if (await others.AskAsync(Name, request, fields.Body) is not { } answers)
            return OtherNodes.Unavailable;
        var refreshed = selection.Resolve(connections, table).Count(static connection => connection.Refresh());
        return JsonAnswer.Of(200, json =>
        {
            json.WriteNumber("refreshed", refreshed + answers.Sum("refreshed"));
            answers.WriteMissing(json);
        });
    }
}
