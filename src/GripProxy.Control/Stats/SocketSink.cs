using System.Text;
using GripProxy.Control.Zmtp;

namespace GripProxy.Control.Stats;

/// <summary>The stats socket (STA-01). Thread-safe.</summary>
internal sealed class SocketSink(StatsSocket socket, StatsOptions options) : IStatsSink
{
    // What a message begins with, by kind.
    private readonly byte[][] _beginnings = [.. StatsKinds.All.Select(kind => Encoding.ASCII.GetBytes(kind.Word() + " "))];

    /// <inheritdoc/>
    public bool Wants(StatsKind kind) => socket.HasSubscribersTo(_beginnings[(int)kind]);

    /// <inheritdoc/>
    public void Send(StatsMessage message) => socket.Publish(message.ToSocket(options.Format));
}
