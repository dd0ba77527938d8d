using System.Globalization;

namespace GripProxy.Functional.Tests.Fixture;

/// <summary>A proxy with limits that tests reach, in front of an origin that answers at once; it counts what it refuses. Shared by the tests of a class.</summary>
public sealed class AbusedProxy : ProxyWithTalk
{
    private readonly int _metricsPort = FreePorts.Take();

    /// <summary>Bytes that one message of a client may have.</summary>
    public const int LongestMessage = 100_000;

    /// <summary>Bytes that the body of a request may have.</summary>
    public const int LongestBody = 2_000_000;

    /// <summary>Refusals so far, for a reason.</summary>
    public async Task<int> RefusalsAsync(string reason)
    {
        using HttpClient http = new();
        string page = await http.GetStringAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_metricsPort}/metrics")));
        string start = $"gripproxy_refusals_total{{reason=\"{reason}\"}} ";
        string? line = page.Split('\n').FirstOrDefault(line => line.StartsWith(start, StringComparison.Ordinal));
        return line is null ? 0 : int.Parse(line.AsSpan(start.Length), CultureInfo.InvariantCulture);
    }

    /// <summary>Memory of the process in MiB.</summary>
    public int MemoryMiB()
    {
        string line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{Proxy.Id}/status")).First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    /// <summary>Somebody else is served as ever.</summary>
    public async Task ServesAsync()
    {
        await using RawHttp client = await Proxy.ConnectAsync();
        Assert.Equal("here", (await client.GetAsync("/here")).Body);
    }

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Origin.OnText("/here", "here");
        Origin.OnText("/", "here");
    }

    protected override void Configure(ProxySetup setup)
    {
        base.Configure(setup);
        setup
            .Set("client", "h2c", "true")
            .Set("limits", "head_timeout", "1")
            .Set("limits", "body", LongestBody.ToString(CultureInfo.InvariantCulture))
            .Set("limits", "body_rate", "100")
            .Set("limits", "answer_rate", "1000000")
            .Set("limits", "headers", "64")
            .Set("limits", "ws_message", LongestMessage.ToString(CultureInfo.InvariantCulture))
            .Set("runner", "allow_compression", "true")
            .Set("handler", "prometheus_port", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_metricsPort}"));
    }
}
