using System.Globalization;
using System.Text.RegularExpressions;
using GripProxy.Functional.Tests.Fixture;
using GripProxy.Testing;

namespace GripProxy.Functional.Tests;

/// <summary>
/// What a team does that reads docs/origins.md: a new console project that refers to the package alone, with the program of that page, behind the
/// built proxy. The feed is a folder; the packages of others come from where this build has them.
/// </summary>
public sealed partial class OriginPackageTests : IDisposable
{
    // Packing and building are programs of their own, beside other tests.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    private static readonly Dictionary<string, string> s_quiet = new(StringComparer.Ordinal)
    {
        // A build server that stays would keep the output open, and outlive the test.
        ["MSBUILDDISABLENODEREUSE"] = "1",
        ["DOTNET_NOLOGO"] = "1",
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("gripproxy-package").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task FreshProject_WithThePackageAlone_ServesClientsThroughTheProxy()
    {
        await PackAsync();
        string app = await BuildAsync();
        int port = FreePorts.Take();
        await using GripProxyProcess proxy = await GripProxyProcess.StartAsync(
            new ProxySetup().Set("proxy", "sig_key", "changeme").Route($"* 127.0.0.1:{port},over_http"));
        await using ChildProcess origin = ChildProcess.Start(
            "dotnet",
            [app, "--urls", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")],
            _folder,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["GRIP_URL"] = $"http://127.0.0.1:{proxy.Control.Port}/?verify-key=changeme" });
        await origin.Output.WaitForAsync(line => line.Contains("Now listening on", StringComparison.Ordinal));
        await using RawHttp events = await proxy.ConnectAsync();
        await using RawHttp poll = await proxy.ConnectAsync();
        await using RawHttp speaker = await proxy.ConnectAsync();
        await events.SendAsync(RawHttp.Get("/events"));
        Assert.Equal(200, (await events.ReadHeadAsync()).Status);
        await poll.SendAsync(RawHttp.Get("/poll"));
        await using RawWebSocket socket = await RawWebSocket.ConnectAsync(proxy.Client, "/socket");
        await proxy.SubscribedAsync("news", count: 3);

        await speaker.SendAsync("POST /news HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");

        Assert.Equal(204, (await speaker.ReadResponseAsync(hasBody: false)).Status);
        Assert.Equal("data: hello\n\n", await events.ReadStreamAsync("\n\n"));
        Assert.Equal("hello", (await poll.ReadResponseAsync()).Body);
        Assert.Equal("hello", await socket.ReadTextAsync());
    }

    private async Task PackAsync()
    {
        string configuration = new DirectoryInfo(BuiltProgram.Path).Parent!.Parent!.Name; // …/bin/<configuration>/net10.0/gripproxy
        foreach (string name in (string[])["Protocol", "Security", "Origin"])
        {
            string project = Path.Combine(BuiltProgram.RepositoryRoot, "src", "GripProxy." + name);
            await RunAsync("pack", project, "-c", configuration, "--no-build", "-o", Path.Combine(_folder, "feed"));
        }

        string[] packed = [.. Directory.GetFiles(Path.Combine(_folder, "feed")).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];
        Assert.Equal(6, packed.Length);
        Assert.Equal(3, packed.Count(file => file.EndsWith(".snupkg", StringComparison.Ordinal)));
    }

    private async Task<string> BuildAsync()
    {
        string page = await File.ReadAllTextAsync(Path.Combine(BuiltProgram.RepositoryRoot, "docs", "origins.md"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "news.csproj"), Block(page, "xml"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "Program.cs"), Block(page, "csharp"));
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "nuget.config"),
            """<configuration><packageSources><clear /><add key="local" value="feed" /></packageSources></configuration>""");
        string cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        await RunAsync(
            "build", _folder, "-o", Path.Combine(_folder, "out"), "-p:UseSharedCompilation=false", "-warnaserror",
            // Ours come from the feed, never from an earlier run.
            "-p:RestorePackagesPath=" + Path.Combine(_folder, "packages"), "-p:RestoreFallbackFolders=" + cache);
        return Path.Combine(_folder, "out", "news.dll");
    }

    private async Task RunAsync(params string[] arguments)
    {
        await using ChildProcess dotnet = ChildProcess.Start("dotnet", arguments, _folder, s_quiet);
        Assert.True(await dotnet.ExitCodeAsync(s_patience) == 0, $"dotnet {string.Join(' ', arguments)}:\n{dotnet.Output.Text}");
    }

    // The first block of a language is the .NET example.
    private static string Block(string page, string language)
    {
        Match block = FencePattern().Matches(page).First(match => match.Groups["language"].Value == language);
        return block.Groups["text"].Value;
    }

    [GeneratedRegex("^```(?<language>[a-z]+)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FencePattern();
}
