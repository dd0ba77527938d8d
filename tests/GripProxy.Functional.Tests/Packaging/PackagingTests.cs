using System.Buffers.Binary;
using System.Globalization;
using System.Text.RegularExpressions;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests.Packaging;

/// <summary>What <c>conf/deploy</c> makes can be installed and runs.</summary>
public sealed class PackagingTests(PublishedProgram published) : IClassFixture<PublishedProgram>
{
    // As on a machine that has no .NET.
    private static readonly Dictionary<string, string> s_bare = new(StringComparer.Ordinal) { ["PATH"] = "/usr/bin:/bin", ["DOTNET_ROOT"] = "/nonexistent", ["HOME"] = "/nonexistent" };

    [Fact]
    public async Task SingleFile_WithItsDemo_Serves()
    {
        await ServesAsync(Path.Combine(published.Program, "gripproxy"));
    }

    [Fact]
    public async Task SingleFile_ForEachKindOfMachine_IsAProgramOfThatKind()
    {
        string arm = published.Folder("arm64");
        await PublishedProgram.RunAsync(Path.Combine(PublishedProgram.Deploy, "publish"), "--no-build", "linux-arm64", arm);

        // e_machine of ELF: x86-64 and AArch64.
        Assert.Equal(62, await MachineAsync(Path.Combine(published.Program, "gripproxy")));
        Assert.Equal(62, await MachineAsync(Path.Combine(published.Program, "libe_sqlite3.so")));
        Assert.Equal(183, await MachineAsync(Path.Combine(arm, "gripproxy")));
        Assert.Equal(183, await MachineAsync(Path.Combine(arm, "libe_sqlite3.so")));
    }

    [Theory]
    [InlineData("kubernetes", "kubernetes/gripproxy.yaml", "readOnlyRootFilesystem: true", "readOnlyRootFileSystem: true")]
    [InlineData("compose", "compose.yaml", "read_only: true", "readonly: true")]
    public async Task Manifest_FollowsItsSchema(string kind, string file, string right, string wrong)
    {
        string path = Path.Combine(PublishedProgram.Deploy, file);
        Assert.Equal("", await PublishedProgram.RunAsync("node", NodeScript.PathOf("deploy-lint.mjs"), kind, path));

        // The check finds what is wrong.
        string spoilt = Path.Combine(published.Folder(kind), "spoilt.yaml");
        await File.WriteAllTextAsync(spoilt, (await File.ReadAllTextAsync(path)).Replace(right, wrong, StringComparison.Ordinal));
        await using ChildProcess lint = ChildProcess.Start("node", [NodeScript.PathOf("deploy-lint.mjs"), kind, spoilt]);
        Assert.Equal(1, await lint.ExitCodeAsync());
        Assert.Contains(wrong.Split(':')[0], lint.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DebianPackage_Installed_RunsWithTheConfigurationItBrings()
    {
        string root = await published.InstallPackageAsync("installed", _ => { });
        string units = Path.Combine(root, "lib/systemd/system");

        string command = await File.ReadAllTextAsync(Path.Combine(units, "gripproxy.service"));
        Assert.Contains("\nExecStart=/usr/bin/gripproxy --config=/etc/gripproxy/gripproxy.conf\n", command, StringComparison.Ordinal);
        string check = await PublishedProgram.RunAsync(Path.Combine(root, "usr/bin/gripproxy"), "check", $"--config={root}/etc/gripproxy/gripproxy.conf");
        Assert.Contains(" 0 errors", check, StringComparison.Ordinal);
        Assert.Contains("rundir", command, StringComparison.OrdinalIgnoreCase);
        await AssertUnitsAsync(units, "gripproxy.service", "gripproxy.socket");
        await ServesAsync(Path.Combine(root, "usr/bin/gripproxy"));
    }

    [Fact]
    public async Task DebianPackage_InThePlaceOfPushpin_TakesItsFilesAndCommands()
    {
        // What stays on a machine when Pushpin's package is replaced.
        int clients = FreePorts.Take();
        int control = FreePorts.Take();
        string configuration = Configuration(clients, control);
        string root = await published.InstallPackageAsync("as-pushpin", root => WritePushpin(root, configuration), "--as-pushpin");
        string file = Path.Combine(root, "etc/pushpin/pushpin.conf");
        string service = await File.ReadAllTextAsync(Path.Combine(root, "lib/systemd/system/pushpin.service"));

        Assert.Equal(configuration, await File.ReadAllTextAsync(file));
        Assert.Contains("\nExecStart=/usr/bin/pushpin --config=/etc/pushpin/pushpin.conf\n", service, StringComparison.Ordinal);
        Assert.Contains("\nUser=pushpin\n", service, StringComparison.Ordinal);
        string status = await File.ReadAllTextAsync(Path.Combine(root, "var/lib/dpkg/status"));
        Assert.Contains("\nProvides: pushpin\n", status, StringComparison.Ordinal);
        Assert.Contains("\nReplaces: pushpin\n", status, StringComparison.Ordinal);

        await using ChildProcess proxy = ChildProcess.Start(Path.Combine(root, "usr/bin/pushpin"), [$"--config={file}"], environment: s_bare);
        await proxy.Output.WaitForAsync(line => line.EndsWith(" started", StringComparison.Ordinal));
        Assert.Equal("Published", await PublishedProgram.RunAsync(
            Path.Combine(root, "usr/bin/pushpin-publish"), string.Create(CultureInfo.InvariantCulture, $"--spec=http://127.0.0.1:{control}"), "news", "hello"));
    }

    [Fact]
    public async Task DebianPackage_InThePlaceOfPushpinOnANewMachine_BringsAConfiguration()
    {
        string root = await published.InstallPackageAsync("new-pushpin", _ => { }, "--as-pushpin");

        string check = await PublishedProgram.RunAsync(Path.Combine(root, "usr/bin/pushpin"), "check", $"--config={root}/etc/pushpin/pushpin.conf");
        Assert.Contains(" 0 errors", check, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tool_InstalledFromAFolder_Runs()
    {
        string feed = published.Folder("feed");
        string tools = published.Folder("tools");
        await PublishedProgram.RunAsync(Path.Combine(PublishedProgram.Deploy, "tool"), "--no-build", feed);
        await PublishedProgram.RunAsync("dotnet", "tool", "install", "gripproxy", "--tool-path", tools, "--source", feed, "--no-cache");

        Assert.StartsWith("gripproxy ", await PublishedProgram.RunAsync(Path.Combine(tools, "gripproxy"), "--version"), StringComparison.Ordinal);
        string conf = Path.Combine(BuiltProgram.RepositoryRoot, "conf", "gripproxy.conf");
        Assert.Contains(" 0 errors", await PublishedProgram.RunAsync(Path.Combine(tools, "gripproxy"), "check", $"--config={conf}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task KubernetesConfiguration_IsOneThatGripProxyTakes()
    {
        string[] lines = await File.ReadAllLinesAsync(Path.Combine(PublishedProgram.Deploy, "kubernetes", "gripproxy.yaml"));
        string folder = published.Folder("kubernetes");
        foreach (string name in new[] { "gripproxy.conf", "routes" })
        {
            await File.WriteAllLinesAsync(Path.Combine(folder, name), Literal(lines, name));
        }

        await using ChildProcess check = ChildProcess.Start(
            Path.Combine(published.Program, "gripproxy"),
            ["check", $"--config={Path.Combine(folder, "gripproxy.conf")}"],
            environment: new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["GRIPPROXY__PROXY__SIG_KEY"] = "a secret",
                ["GRIPPROXY__ISSUER__PUBLISHER__KEY"] = "another one",
            });
        Assert.True(await check.ExitCodeAsync() == 0, check.Output.Text);
        Assert.Contains(" 0 errors, 0 warnings", check.Output.Text, StringComparison.Ordinal);
    }

    private static async Task<int> MachineAsync(string path)
    {
        byte[] head = new byte[20];
        await using FileStream file = File.OpenRead(path);
        await file.ReadExactlyAsync(head);
        Assert.Equal([0x7f, (byte)'E', (byte)'L', (byte)'F'], head[..4]);
        return BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(18));
    }

    private static async Task ServesAsync(string program)
    {
        int port = FreePorts.Take();
        await using ChildProcess demo = ChildProcess.Start(
            program, ["demo", $"--port={port}", $"--control-port={FreePorts.Take()}", $"--origin-port={FreePorts.Take()}"], "/", s_bare);
        await demo.Output.WaitForAsync(line => line.Contains("GripProxy is running", StringComparison.Ordinal));
        using HttpClient client = new();

        Assert.Contains("<html", await client.GetStringAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"))), StringComparison.OrdinalIgnoreCase);
        demo.Signal(System.Runtime.InteropServices.PosixSignal.SIGTERM);
        Assert.Equal(0, await demo.ExitCodeAsync());
    }

    /// <summary>systemd understands every line, and finds little that the service may do without need.</summary>
    private static async Task AssertUnitsAsync(string folder, params string[] units)
    {
        string[] files = [.. units.Select(unit => Path.Combine(folder, unit))];
        await using ChildProcess verify = ChildProcess.Start("systemd-analyze", ["verify", .. files]);
        _ = await verify.ExitCodeAsync();
        // That the program is not at /usr/bin here is not a finding.
        Assert.DoesNotMatch(new Regex("Unknown|Failed to parse|Invalid", RegexOptions.None, TimeSpan.FromSeconds(5)), verify.Output.Text);
        await PublishedProgram.RunAsync("systemd-analyze", "security", "--offline=true", "--threshold=25", files[0]);
    }

    private static string Configuration(int clients, int control) => string.Create(CultureInfo.InvariantCulture, $"""
        [global]
        include=internal.conf
        rundir=run
        [runner]
        services=condure,pushpin-proxy,pushpin-handler
        http_port=127.0.0.1:{clients}
        [proxy]
        routesfile=routes
        [handler]
        push_in_http_port={control}
        """);

    private static void WritePushpin(string root, string configuration)
    {
        string folder = Directory.CreateDirectory(Path.Combine(root, "etc/pushpin")).FullName;
        File.WriteAllText(Path.Combine(folder, "pushpin.conf"), configuration);
        File.WriteAllText(Path.Combine(folder, "internal.conf"), "");
        File.WriteAllText(Path.Combine(folder, "routes"), "* test\n");
    }

    /// <summary>The text of a member <c>name: |</c> of a config map.</summary>
    private static IEnumerable<string> Literal(string[] lines, string name) =>
        lines.SkipWhile(line => line != $"  {name}: |").Skip(1)
            .TakeWhile(line => line.Length == 0 || line.StartsWith("    ", StringComparison.Ordinal))
            .Select(line => line.Length == 0 ? line : line[4..]);
}
