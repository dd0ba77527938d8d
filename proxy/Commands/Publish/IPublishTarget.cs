namespace GripProxy.Proxy.Commands.Publish;

/// <summary>A door of a GRIP proxy that <c>gripproxy publish</c> sends items to. Owned by the command, which sends one batch at a time.</summary>
internal interface IPublishTarget : IAsyncDisposable
{
    /// <summary>Sends items, each as JSON (PUB-10); all of them are accepted or none.</summary>
    /// <returns>Null if they were accepted, else what was wrong.</returns>
    Task<string?> SendAsync(IReadOnlyList<ReadOnlyMemory<byte>> items, CancellationToken cancellationToken);
}
