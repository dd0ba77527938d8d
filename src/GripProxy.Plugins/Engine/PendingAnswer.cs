using System.Text.Json;

namespace GripProxy.Plugins.Engine;

/// <summary>A call whose answer is read as <typeparamref name="T"/>.</summary>
internal sealed class PendingAnswer<T>(Func<JsonElement, byte[], T> read) : PendingCall
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The answer, or a <see cref="WorkerEndedException"/>.</summary>
    public Task<T> Task => _done.Task;

    /// <inheritdoc/>
    public override void Complete(JsonElement answer, byte[] frame) => _done.TrySetResult(read(answer, frame));

    /// <inheritdoc/>
    public override void Fail(WorkerEndedException end) => _done.TrySetException(end);
}
