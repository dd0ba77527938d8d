using System.Globalization;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests.Soak;

/// <summary>A channel that many clients share, and its publisher: items are numbered from 1. Read by all clients, written by one task.</summary>
public sealed class SoakChannel(string name, ControlClient control)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(500);

    private int _begun;
    private int _accepted;

    public string Name => name;

    /// <summary>Number of the last item that the proxy has accepted.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Number of the last item that was sent to the proxy.</summary>
    public int Begun => Volatile.Read(ref _begun);

    /// <summary>Publishes until the time is over.</summary>
    public async Task RunAsync(CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            int number = Interlocked.Increment(ref _begun);
            await control.PublishMessageAsync(name, string.Create(CultureInfo.InvariantCulture, $"{name} {number}"));
            Volatile.Write(ref _accepted, number);
            await Task.Delay(s_pause, TimeProvider.System, CancellationToken.None);
        }
    }
}
