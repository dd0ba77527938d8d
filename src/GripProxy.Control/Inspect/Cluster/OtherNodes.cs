using System.Text.Json;
using GripProxy.Channels.Nodes;
using GripProxy.Control.Diagnostics;
using GripProxy.Control.Http;

namespace GripProxy.Control.Inspect.Cluster;

/// <summary>
/// Passes requests on to the other nodes of the cluster, and gathers their answers for <c>receipt_timeout</c> (control-extensions.md, Conventions). A node that is alone
/// has no others. Thread-safe.
/// </summary>
internal sealed class OtherNodes(ControlOptions options, INodeDirectory? directory = null)
{
    /// <summary>The answer while it is not known who the others are.</summary>
    public static ControlAnswer Unavailable { get; } = Problem.Answer(
        503, RefusalReason.Unavailable, "Unavailable", "Redis, which knows the nodes, has not been reached yet; ?local=1 asks this node only");

    /// <summary>True without a cluster.</summary>
    public bool IsAlone => directory is null;

    /// <summary>Answers what other nodes pass on, from now on.</summary>
    public void Serve(Func<ReadOnlyMemory<byte>, Task<ReadOnlyMemory<byte>>> answer) => directory?.Answer(answer);

    /// <summary>The other nodes, or null: there is no cluster, or it was never known who they are.</summary>
    public async ValueTask<NodeListing?> ListAsync() => directory is null ? null : await directory.ListOthersAsync();

    /// <summary>Asks all others, unless only this node is asked for.</summary>
    /// <param name="endpoint">Name of the endpoint.</param>
    /// <param name="request">The request.</param>
    /// <param name="body">The body to pass on.</param>
    /// <returns>The answers, or null: it is not known who the others are (<see cref="Unavailable"/>).</returns>
    public async ValueTask<NodeAnswers?> AskAsync(string endpoint, OwnRequest request, ReadOnlyMemory<byte> body = default)
    {
        if (directory is null || request.IsLocal)
            return NodeAnswers.None;
        if (await directory.ListOthersAsync() is not { } others)
            return null;
        var question = PassedOn.Write(endpoint, request, body);
        // One that is waited for as long as the others take none of their time.
        var asked = others.Nodes.Select(node => directory.AskAsync(node.Run, question, options.ReceiptTimeout, CancellationToken.None)).ToArray();
        var answers = await Task.WhenAll(asked);
        var items = new List<JsonElement>();
        var missing = new SortedSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < answers.Length; i++)
        {
            if (answers[i] is not { } answer)
                missing.Add(others.Nodes[i].Node);
            else if (PassedOn.ReadAnswer(answer) is { } item)
                items.Add(item);
        }

        return new NodeAnswers(items, [.. missing]);
    }

    /// <summary>Asks one of them.</summary>
    /// <param name="run">Its run.</param>
    /// <param name="endpoint">Name of the endpoint.</param>
    /// <param name="request">The request.</param>
    /// <param name="wait">How long the node itself may take before it answers.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <returns>Its answer, or null: there was none.</returns>
    public async Task<JsonElement?> AskOneAsync(string run, string endpoint, OwnRequest request, TimeSpan wait, CancellationToken cancel)
    {
        var answer = directory is null
            ? null
            : await directory.AskAsync(run, PassedOn.Write(endpoint, request, default), wait + options.ReceiptTimeout, cancel);
        return answer is { } bytes ? PassedOn.ReadAnswer(bytes) : null;
    }
}
