namespace GripProxy.Channels.Nodes;

/// <summary>The nodes of a cluster (CTL-13), and the way to ask them. A node that is alone has none. Thread-safe.</summary>
public interface INodeDirectory
{
    /// <summary>Says how this node describes itself, every few seconds from now on.</summary>
    void Describe(Func<NodeRecord> self);

    /// <summary>Says how this node answers what others ask. What it returns is for them alone; empty: it does not know what is asked.</summary>
    void Answer(Func<ReadOnlyMemory<byte>, Task<ReadOnlyMemory<byte>>> answer);

    /// <summary>The other nodes that were seen lately, or null: it was never known who they are.</summary>
    ValueTask<NodeListing?> ListOthersAsync();

    /// <summary>
    /// Asks one node. A question that is not answered in time may reach it later all the same. Throws <see cref="OperationCanceledException"/>.
    /// </summary>
    /// <param name="run">The run of the node.</param>
    /// <param name="question">What is asked.</param>
    /// <param name="patience">How long an answer is waited for.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <returns>Its answer, or null: there was none in time, or the node does not know what is asked.</returns>
    Task<ReadOnlyMemory<byte>?> AskAsync(string run, ReadOnlyMemory<byte> question, TimeSpan patience, CancellationToken cancel);
}
