using System.Runtime.InteropServices;

namespace GripProxy.Proxy.Commands;

/// <summary>
/// What the operator asks for by signals (CLI-05): the first INT or TERM ends the process in order, the second at once; HUP reloads. Owned by
/// the command that runs; handlers come on a thread of the runtime.
/// </summary>
internal sealed class Signals : IDisposable
{
    // As a shell reports a process that a signal ended.
    private const int SignalExit = 128;
    private const int Interrupt = 2;
    private const int Terminate = 15;

    private readonly TaskCompletionSource _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration[] _registrations;

    /// <summary>Listens from now on.</summary>
    /// <param name="reload">Called on each HUP; must not throw.</param>
    public Signals(Action reload)
    {
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, Interrupt)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, Terminate)),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
            {
                context.Cancel = true;
                reload();
            }),
        ];
    }

    /// <summary>Completes at the first INT or TERM.</summary>
    public Task StopRequested => _stop.Task;

    /// <summary>Gives the signals back to the runtime.</summary>
    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
    }

    private void Stop(PosixSignalContext context, int number)
    {
        context.Cancel = true;
        if (!_stop.TrySetResult())
            Environment.Exit(SignalExit + number);
    }
}
