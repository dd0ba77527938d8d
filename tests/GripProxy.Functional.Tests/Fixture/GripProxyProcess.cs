using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace GripProxy.Functional.Tests.Fixture;

/// <summary>
/// The built program as a process of its own, on free ports, with a configuration in a temporary folder. Owned by the test or the class
/// fixture that started it.
/// </summary>
public sealed class GripProxyProcess : IHoldingProxy
{
    private const int SigContinue = 18;
    private const int SigStop = 19;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly ChildProcess _process;
    private bool _stopped;

    private GripProxyProcess(ChildProcess process, string folder, int clientPort, int controlPort)
    {
        _process = process;
        Folder = folder;
        Client = new IPEndPoint(IPAddress.Loopback, clientPort);
        Control = new ControlClient(controlPort);
    }

    /// <summary>Where clients connect.</summary>
    public IPEndPoint Client { get; }

    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Client.Port}");

    /// <summary>The control port, for publishing.</summary>
    public ControlClient Control { get; }

    /// <summary>Holds gripproxy.conf and routes.</summary>
    public string Folder { get; }

    public ProcessOutput Output => _process.Output;

    /// <summary>The id of the process.</summary>
    public int Id => _process.Id;

    /// <summary>Starts the program and waits until both ports accept.</summary>
    public static Task<GripProxyProcess> StartAsync(ProxySetup setup) => StartAsync(setup, FreePorts.Take(), FreePorts.Take());

    /// <summary>Starts the program on ports that another one may have, too.</summary>
    public static async Task<GripProxyProcess> StartAsync(ProxySetup setup, int clientPort, int controlPort)
    {
        string folder = Directory.CreateTempSubdirectory("gripproxy-test-").FullName;
        setup.Write(folder, clientPort, controlPort);
        (string file, string[] arguments) = setup.CommandOf(BuiltProgram.Path, $"--config={Path.Combine(folder, "gripproxy.conf")}");
        ChildProcess process = ChildProcess.Start(file, arguments, folder, setup.Variables);
        GripProxyProcess proxy = new(process, folder, clientPort, controlPort);
        try
        {
            await AcceptsAsync(process, proxy.Client);
            await AcceptsAsync(process, new IPEndPoint(IPAddress.Loopback, controlPort));
            return proxy;
        }
        catch
        {
            proxy._stopped = true;
            await proxy.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until another port of the program accepts connections, too.</summary>
    public Task AcceptsAsync(int port) => AcceptsAsync(_process, new IPEndPoint(IPAddress.Loopback, port));

    public Task SubscribedAsync(string channel, int count = 1, int mark = 0) => Output.SubscribedAsync(channel, count, mark);

    public Task<RawHttp> ConnectAsync() => RawHttp.ConnectAsync(Client);

    public void Signal(PosixSignal signal) => _process.Signal(signal);

    /// <summary>Ends the program at once, as when its machine fails.</summary>
    public void Kill()
    {
        _stopped = true;
        using System.Diagnostics.Process process = System.Diagnostics.Process.GetProcessById(Id);
        process.Kill();
    }

    /// <summary>Lets the program stand still, as when its machine hangs.</summary>
    public void Pause() => _process.Signal((PosixSignal)SigStop);

    /// <summary>Lets it go on.</summary>
    public void Resume() => _process.Signal((PosixSignal)SigContinue);

    /// <summary>Asks the program to stop and gives its exit code.</summary>
    public async Task<int> StopAsync()
    {
        _stopped = true;
        _process.Signal(PosixSignal.SIGTERM);
        return await _process.ExitCodeAsync();
    }

    /// <summary>Waits for the end of a program that was told to stop by <see cref="Signal"/>, and gives its exit code.</summary>
    public Task<int> ExitCodeAsync()
    {
        _stopped = true;
        return _process.ExitCodeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        // Nothing that a test sends may end the program: if it has gone by itself, the test that did it must fail.
        bool died = _process.HasExited && !_stopped;
        await _process.DisposeAsync();
        Control.Dispose();
        Directory.Delete(Folder, recursive: true);
        Assert.False(died, $"The proxy ended by itself. Its output:\n{Output.Text}");
    }

    /// <summary>Tries again whenever the process has said something, so that no clock decides when it is ready.</summary>
    internal static async Task AcceptsAsync(ChildProcess process, IPEndPoint address)
    {
        using CancellationTokenSource patience = new(s_patience);
        while (true)
        {
            Task changed = process.Output.Changed;
            using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(address, patience.Token);
                return;
            }
            catch (SocketException) when (!process.HasExited)
            {
                try
                {
                    await changed.WaitAsync(patience.Token);
                }
                catch (OperationCanceledException)
                {
                    Assert.Fail($"{address} does not accept after {s_patience.TotalSeconds} s. The output:\n{process.Output.Text}");
                }
            }
            catch (SocketException)
            {
                Assert.Fail($"The proxy ended with code {await process.ExitCodeAsync()} instead of starting. Its output:\n{process.Output.Text}");
            }
        }
    }
}
