using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace GripProxy.Testing;

/// <summary>
/// Debian's redis-server on a free port, with a folder of its own, which tests kill, pause, restart and fill as they like. Owned by one test.
/// </summary>
public sealed partial class RedisServer : IAsyncDisposable
{
    private const int SigKill = 9;
    private const int SigContinue = 18;
    private const int SigStop = 19;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private static int s_nextPort = Environment.ProcessId * 67;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gripproxy-redis");
    private readonly string[] _arguments;
    private Process? _process;

    private RedisServer(int port, string[] arguments)
    {
        Port = port;
        _arguments = arguments;
    }

    public int Port { get; }

    /// <summary>Its address, as <c>[cluster] redis</c> has it.</summary>
    public string Address => $"127.0.0.1:{Port}";

    /// <summary>Starts one that keeps nothing on disk, unless the arguments say so.</summary>
    public static async Task<RedisServer> StartAsync(params string[] arguments)
    {
        RedisServer server = new(TakePort(), arguments);
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Starts one that loses nothing it has answered to, whatever happens to it.</summary>
    public static Task<RedisServer> StartDurableAsync(params string[] arguments) =>
        StartAsync(["--appendonly", "yes", "--appendfsync", "always", .. arguments]);

    /// <summary>Starts three masters as one Redis Cluster.</summary>
    public static async Task<RedisServer[]> StartClusterAsync()
    {
        RedisServer[] servers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => StartAsync("--cluster-enabled", "yes", "--cluster-node-timeout", "2000")));
        await RunAsync("redis-cli", ["--cluster", "create", .. servers.Select(server => server.Address), "--cluster-yes"]);
        foreach (RedisServer server in servers)
        {
            using CancellationTokenSource patience = new(s_patience);
            while (!(await server.AskAsync("CLUSTER", "INFO")).Contains("cluster_state:ok", StringComparison.Ordinal))
            {
                patience.Token.ThrowIfCancellationRequested();
            }
        }

        return servers;
    }

    /// <summary>Starts it, for the first time or after <see cref="KillAsync"/>, and waits until it serves.</summary>
    /// <param name="master">Host and port of the server that it follows from the beginning, or null.</param>
    public async Task StartAgainAsync(string? master = null)
    {
        ProcessStartInfo start = new("redis-server", ["--port", $"{Port}", "--bind", "127.0.0.1", "--save", "", "--dir", _folder.FullName, .. _arguments, .. master is null ? Array.Empty<string>() : ["--replicaof", .. master.Split(' ')]])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        _process = Process.Start(start)!; // A program that is started anew has a process.
        using CancellationTokenSource patience = new(s_patience);
        List<string> lines = [];
        while (true)
        {
            string line = await _process.StandardOutput.ReadLineAsync(patience.Token)
                ?? throw new InvalidOperationException($"redis-server has ended:\n{string.Join('\n', lines)}");
            lines.Add(line);
            if (line.Contains("Ready to accept connections", StringComparison.Ordinal))
            {
                break;
            }
        }

        // Nobody reads what else it says, and it must not wait for a reader.
        _ = _process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
    }

    /// <summary>Ends it without warning.</summary>
    public async Task KillAsync()
    {
        Signal(SigKill);
        await _process!.WaitForExitAsync(); // It was started.
        _process.Dispose();
        _process = null;
    }

    /// <summary>Lets it answer nobody, as a machine that hangs.</summary>
    public void Pause() => Signal(SigStop);

    /// <summary>Lets it go on.</summary>
    public void Resume() => Signal(SigContinue);

    /// <summary>Gives it a command and returns what it says.</summary>
    public Task<string> AskAsync(params string[] command) => RunAsync("redis-cli", ["-p", $"{Port}", .. command]);

    /// <summary>Makes it follow another one, and waits until it has caught up.</summary>
    public async Task FollowAsync(RedisServer master)
    {
        await AskAsync("REPLICAOF", "127.0.0.1", $"{master.Port}");
        using CancellationTokenSource patience = new(s_patience);
        while (!(await AskAsync("INFO", "replication")).Contains("master_link_status:up", StringComparison.Ordinal))
        {
            patience.Token.ThrowIfCancellationRequested();
        }
    }

    /// <summary>How many commands of each kind it has done, without those of this class.</summary>
    public async Task<long> CountCallsAsync(string command)
    {
        string statistics = await AskAsync("INFO", "commandstats");
        string? line = statistics.Split('\n').FirstOrDefault(one => one.StartsWith($"cmdstat_{command}:calls=", StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line.Split('=', ',')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            await KillAsync();
        }

        _folder.Delete(recursive: true);
    }

    // Below the range from which outgoing connections take theirs; a cluster also takes the port that is 10 000 higher.
    private static int TakePort()
    {
        while (true)
        {
            int port = 15_000 + (int)((uint)Interlocked.Increment(ref s_nextPort) % 5_000);
            using Socket candidate = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                candidate.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }
    }

    private static async Task<string> RunAsync(string program, IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!; // A program that is started anew has a process.
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output + await errors;
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);

    private void Signal(int signal) => Assert.Equal(0, Kill(_process!.Id, signal)); // It was started.
}
