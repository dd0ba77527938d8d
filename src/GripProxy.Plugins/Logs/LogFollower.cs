using System.Threading.Channels;

namespace GripProxy.Plugins.Logs;

/// <summary>Somebody who reads an install's log as it is written. Owned by the reader, who disposes of it.</summary>
internal sealed class LogFollower : IDisposable
{
    // As for every event stream of ours: who is further behind is not waited for.
    private const int MostBytes = 1024 * 1024;

    private readonly Channel<LogLine> _lines = Channel.CreateUnbounded<LogLine>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Action<LogFollower> _forget;
    private int _bytes;

    /// <summary>Hears nothing yet.</summary>
    public LogFollower(int tenant, int install, Action<LogFollower> forget)
    {
        Tenant = tenant;
        Install = install;
        _forget = forget;
    }

    /// <summary>Number of the tenant.</summary>
    public int Tenant { get; }

    /// <summary>Number of the install.</summary>
    public int Install { get; }

    /// <summary>The lines, until the follower is too far behind or the process ends.</summary>
    public ChannelReader<LogLine> Lines => _lines.Reader;

    /// <summary>Takes a line; one that is too far behind hears no more.</summary>
    public void Take(LogLine line)
    {
        if (Interlocked.Add(ref _bytes, line.Text.Length) > MostBytes)
            End();
        else
            _lines.Writer.TryWrite(line);
    }

    /// <summary>A line was passed on.</summary>
    public void Done(LogLine line) => Interlocked.Add(ref _bytes, -line.Text.Length);

    /// <summary>Nothing comes any more.</summary>
    public void End() => _lines.Writer.TryComplete();

    /// <inheritdoc/>
    public void Dispose()
    {
        End();
        _forget(this);
    }
}
