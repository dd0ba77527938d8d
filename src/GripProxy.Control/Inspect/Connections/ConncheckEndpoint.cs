using GripProxy.Channels.Connections;
using GripProxy.Control.Access;
using GripProxy.Control.Http;
using GripProxy.Control.Inspect.Cluster;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Control.Inspect.Connections;

/// <summary>Tells which connections are still held (CTL-05, PUB-42).</summary>
internal sealed class ConncheckEndpoint(IConnectionDirectory connections, ControlOptions options, OtherNodes others) : IOwnEndpoint
{
    /// <inheritdoc/>
    public string Name => "conncheck";

    /// <inheritdoc/>
    public string Method => HttpMethods.Post;

    /// <inheritdoc/>
    public bool IsForAllNodes => true;

    /// <inheritdoc/>
    public bool Serves(int segments) => segments == 0;

    /// <inheritdoc/>
    public async ValueTask<ControlAnswer> AnswerAsync(OwnRequest request)
    {
        if (!request.Scope.IsUnrestricted)
            return ControlAuthentication.LimitsNotAllowed;
        var fields = await request.ReadFieldsAsync(options.MaxBodySize);
        var ids = fields.Texts("ids");
        if (ids is null)
            fields.Refuse("expected 'ids', a list of connection ids");
        if (fields.Complete() is { } problem)
            return problem;
        if (await others.AskAsync(Name, request, fields.Body) is not { } answers)
            return OtherNodes.Unavailable;
        var elsewhere = answers.Items.SelectMany(static answer => answer.GetProperty("alive").EnumerateArray())
            .Select(static id => id.GetString() ?? "").ToHashSet(StringComparer.Ordinal);
        return JsonAnswer.Of(200, json =>
        {
            json.WriteStartArray("alive");
            foreach (var id in ids!.Where(id => connections.IsAlive(id) || elsewhere.Contains(id))) // Without it there was a problem.
                json.WriteStringValue(id);
            json.WriteEndArray();
            answers.WriteMissing(json);
        });
    }
}
