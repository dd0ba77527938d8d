using System.Net;

namespace GripProxy.Functional.Tests.Fixture;

/// <summary><c>gripproxy demo</c> on free ports, shared by the tests of a class.</summary>
public sealed class DemoProcess : IAsyncLifetime
{
    private readonly int _port = FreePorts.Take();

    /// <summary>Further arguments.</summary>
    public string[] More { get; init; } = [];

    /// <summary>Further environment variables.</summary>
    public IDictionary<string, string>? Variables { get; init; }

    /// <summary>Set before any test runs.</summary>
    public ChildProcess Process { get; private set; } = null!; // by InitializeAsync

    public IPEndPoint Client => new(IPAddress.Loopback, _port);

    public string Page => $"http://127.0.0.1:{_port}/";

    public async Task InitializeAsync()
    {
        Process = ChildProcess.Start(
            BuiltProgram.Path,
            ["demo", $"--port={_port}", $"--control-port={FreePorts.Take()}", $"--origin-port={FreePorts.Take()}", .. More],
            environment: Variables);
        await GripProxyProcess.AcceptsAsync(Process, Client);
    }

    public async Task DisposeAsync() => await Process.DisposeAsync();
}
