using GripProxy.Control.Access;
using GripProxy.Control.Events;
using GripProxy.Control.Http;
using GripProxy.Control.Inspect;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Control.Stats;

/// <summary><c>GET /v1/stats?types=</c>: the stats stream without ZeroMQ (CTL-12).</summary>
internal sealed class StatsEndpoint(StatsFeed feed, EventStreams streams) : IOwnEndpoint
{
    /// <inheritdoc/>
    public string Name => "stats";

    /// <inheritdoc/>
    public string Method => HttpMethods.Get;

    /// <inheritdoc/>
    public bool Serves(int segments) => segments == 0;

    /// <inheritdoc/>
    public ValueTask<ControlAnswer> AnswerAsync(OwnRequest request) => ValueTask.FromResult(Answer(request));

    private ControlAnswer Answer(OwnRequest request)
    {
        if (!request.Scope.IsUnrestricted)
            return ControlAuthentication.LimitsNotAllowed;
        var kinds = new HashSet<StatsKind>();
        foreach (var word in (request.Parameter("types") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!StatsKinds.TryParse(word, out var kind))
            {
                return Problem.InvalidParameter(
                    $"types has '{word}', expected some of {string.Join(", ", StatsKinds.All.Select(known => known.Word()))}");
            }

            kinds.Add(kind);
        }

        if (kinds.Count == 0)
            kinds.UnionWith(StatsKinds.All);
        return streams.Answer(reader => new StatsWatch(feed, kinds, reader));
    }
}
