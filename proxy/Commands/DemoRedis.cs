using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace GripProxy.Proxy.Commands;

/// <summary>A redis-server for a demo of several nodes: on loopback, without files, gone with the demo. Owned by the command.</summary>
internal sealed class DemoRedis : IAsyncDisposable
{
    private const string Ready = "Ready to accept connections";

    private readonly Process _process;

    private DemoRedis(Process process, int port)
    {
        _process = process;
        Port = port;
    }

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>Starts one and waits until it serves.</summary>
    /// <exception cref="InvalidOperationException">None is installed, or it does not start.</exception>
    public static async Task<DemoRedis> StartAsync(int port)
    {
        var start = new ProcessStartInfo("redis-server", ["--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", ""])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        Process process;
        try
        {
            process = Process.Start(start) ?? throw new InvalidOperationException("redis-server does not start");
        }
        catch (Win32Exception error)
        {
            throw new InvalidOperationException($"several nodes need redis-server, which cannot be started: {error.Message}; install it (Debian: apt-get install redis-server)", error);
        }

        var redis = new DemoRedis(process, port);
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (!line.Contains(Ready, StringComparison.Ordinal))
                continue;
            // It must not wait for a reader later.
            _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
            return redis;
        }

        await redis.DisposeAsync();
        throw new InvalidOperationException($"redis-server has ended instead of serving port {port}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
