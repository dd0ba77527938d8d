using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace GripProxy.Proxy.Tests;

/// <summary>The life of the real process (CLI-05, OBS-02).</summary>
public sealed class ProcessTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gripproxy-test");
    private Process? _process;

    public void Dispose()
    {
        if (_process is { HasExited: false })
            _process.Kill();
        _process?.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task Signal_StreamHeld_EndsWithCodeZeroInTime(string signal)
    {
        var (process, port) = await StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        await client.GetStream().WriteAsync("GET /stream HTTP/1.0\r\nHost: a\r\n\r\n"u8.ToArray());
        var reader = new StreamReader(client.GetStream());
        while (await reader.ReadLineAsync().WaitAsync(Patience) is { } line && line != "[stream opened]")
        {
        }

        await SendAsync(process, signal);
        await ReadLogUntilAsync(process, "stopping...");

        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public async Task HangUp_RoutesChanged_AreReloaded()
    {
        var (process, _) = await StartAsync();

        await SendAsync(process, "HUP");

        await ReadLogUntilAsync(process, "reloading");
        await ReadLogUntilAsync(process, "routes loaded with 1 entries");
    }

    [Fact]
    public async Task Start_PortTaken_EndsWithCodeOne()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var process = Start(((IPEndPoint)taken.LocalEndpoint).Port);

        var log = await process.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
        await process.WaitForExitAsync().WaitAsync(Patience);
        Assert.Equal(1, process.ExitCode);
        Assert.Contains("unable to bind 127.0.0.1:", log, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--port")]
    [InlineData("--control-port")]
    [InlineData("--origin-port")]
    public async Task Demo_PortTaken_SaysInOneLineWhichOptionChoosesAnother(string option)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        string[] free = ["--port=0", "--control-port=0", "--origin-port=0"];
        var process = Launch(["demo", .. free.Where(other => other != option + "=0"), $"{option}={port}"]);

        var log = await process.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
        await process.WaitForExitAsync().WaitAsync(Patience);

        Assert.Equal(1, process.ExitCode);
        Assert.Matches($"^\\[ERR\\] .* unable to bind 127\\.0\\.0\\.1:{port}: Address already in use; choose another with {option}\n$", log);
    }

    [Fact]
    public async Task Demo_AnyPorts_ServesThePageThroughTheProxyUntilInterrupted()
    {
        var process = Launch("demo", "--port=0", "--control-port=0", "--origin-port=0");
        var line = await ReadLogUntilAsync(process, "open in a browser");
        var address = new Uri(line[line.IndexOf("http://", StringComparison.Ordinal)..].Trim());

        using var client = new HttpClient();
        var page = await client.GetStringAsync(address).WaitAsync(Patience);
        await SendAsync(process, "INT");
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(5));

        Assert.Contains("<html", page, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(0, process.ExitCode);
    }

    private static async Task SendAsync(Process process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.Id.ToString()]);
        await kill.WaitForExitAsync().WaitAsync(Patience);
        Assert.Equal(0, kill.ExitCode);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<string> ReadLogUntilAsync(Process process, string text)
    {
        var seen = new List<string>();
        while (await process.StandardOutput.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            if (line.Contains(text, StringComparison.Ordinal))
                return line;
            seen.Add(line);
        }

        throw new InvalidOperationException($"the log ended without '{text}':\n{string.Join('\n', seen)}");
    }

    private async Task<(Process Process, int Port)> StartAsync()
    {
        var port = FreePort();
        var process = Start(port);
        await ReadLogUntilAsync(process, "started");
        return (process, port);
    }

    private Process Start(int port)
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "gripproxy.conf"), $"[runner]\nhttp_port=127.0.0.1:{port}\n");
        File.WriteAllText(Path.Combine(_folder.FullName, "routes"), "* test\n");
        return Launch();
    }

    private Process Launch(params string[] arguments)
    {
        _process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "gripproxy.dll"), .. arguments])
        {
            WorkingDirectory = _folder.FullName,
            UseShellExecute = false,
            RedirectStandardOutput = true,
        });
        return _process ?? throw new InvalidOperationException("dotnet did not start");
    }
}
