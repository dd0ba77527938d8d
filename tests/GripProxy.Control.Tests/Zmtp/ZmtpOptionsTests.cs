using GripProxy.Control.Zmtp;
using GripProxy.Protocol.Configuration;

namespace GripProxy.Control.Tests.Zmtp;

public sealed class ZmtpOptionsTests
{
    [Fact]
    public void Read_NoKeys_EveryDoorIsOff()
    {
        var options = Read("[handler]\n", out var problems);
        Assert.Empty(problems);
        Assert.True(options is { Pull: null, Command: null, Stats: null, Sub.Count: 0, SubConnects: false, IpcFileMode: null });
    }

    [Fact]
    public void Read_AllKeys_OpenTheDoors()
    {
        var options = Read(
            """
            [global]
            port_offset=10
            rundir=/r
            [handler]
            push_in_spec=tcp://127.0.0.1:5560
            push_in_sub_specs=tcp://127.0.0.1:5562,ipc://{rundir}/sub
            push_in_sub_connect=true
            command_spec=tcp://127.0.0.1:5563
            stats_spec=ipc://{rundir}/{ipc_prefix}stats
            ipc_file_mode=660
            """,
            out var problems);
        Assert.Empty(problems);
        Assert.Equal("tcp://127.0.0.1:5570", options.Pull?.Spec);
        Assert.Equal(["tcp://127.0.0.1:5572", "ipc:///r/sub"], options.Sub.Select(endpoint => endpoint.Spec));
        Assert.Equal("tcp://127.0.0.1:5573", options.Command?.Spec);
        Assert.Equal("/r/pushpin-stats", options.Stats?.Path);
        Assert.True(options.SubConnects);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite, options.IpcFileMode);
    }

    [Fact]
    public void Read_OldKeyOfTheSubSocket_Counts() =>
        Assert.Equal("tcp://127.0.0.1:1", Assert.Single(Read("[handler]\npush_in_sub_spec=tcp://127.0.0.1:1\n", out _).Sub).Spec);

    [Theory]
    [InlineData("push_in_spec=5560", "[handler] push_in_spec is '5560': expected tcp://host:port or ipc://path")]
    [InlineData("push_in_sub_specs=tcp://127.0.0.1:1,x", "[handler] push_in_sub_specs is 'x': expected tcp://host:port or ipc://path")]
    [InlineData("ipc_file_mode=rw", "[handler] ipc_file_mode is 'rw': expected three octal digits such as 660")]
    [InlineData("ipc_file_mode=1777", "[handler] ipc_file_mode is '1777': expected three octal digits such as 660")]
    public void Read_WrongValue_IsAnError(string line, string text)
    {
        Read("[handler]\n" + line, out var problems);
        var problem = Assert.Single(problems);
        Assert.Equal((ConfigSeverity.Error, "gripproxy.conf:2", text), (problem.Severity, problem.Location, problem.Text));
    }

    [Fact]
    public void Read_DoorOffLoopback_IsAWarning()
    {
        Read("[handler]\npush_in_spec=tcp://*:5560\n", out var problems);
        Assert.Equal(ConfigSeverity.Warning, Assert.Single(problems).Severity);
    }

    [Fact]
    public void Read_PublishersElsewhereThatWeConnectTo_AreNoWarning()
    {
        Read("[handler]\npush_in_sub_connect=true\npush_in_sub_specs=tcp://broker.example:5562\n", out var problems);
        Assert.Empty(problems);
    }

    private static ZmtpOptions Read(string text, out IReadOnlyList<ConfigProblem> problems)
    {
        var settings = Settings.Parse(text);
        var options = ZmtpOptions.Read(settings);
        problems = settings.Problems;
        return options;
    }
}
