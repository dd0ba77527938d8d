using System.Net;
using GripProxy.Protocol.Configuration;

namespace GripProxy.Control.Tests;

public sealed class ControlOptionsTests
{
    [Fact]
    public void Read_NoPort_IsOff()
    {
        var options = Read("", out var problems);
        Assert.Null(options.Listen);
        Assert.Empty(problems);
    }

    [Fact]
    public void Read_PortWithOffset_IsShifted()
    {
        var options = Read("[global]\nport_offset=10\n[handler]\npush_in_http_port=5561\n", out _);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 5571), options.Listen);
    }

    [Fact]
    public void Read_OffsetBeyondPorts_IsError()
    {
        Read("[global]\nport_offset=60000\n[handler]\npush_in_http_port=5561\n", out var problems);
        Assert.Contains(problems, problem => problem.Severity == ConfigSeverity.Error);
    }

    [Fact]
    public void Read_Defaults_ArePushpins()
    {
        var options = Read("", out _);
        Assert.Equal((10_000, 1_000_000, 64, 1024), (options.MaxHeadersSize, options.MaxBodySize, options.JsonDepth, options.Items.MaxChannelNameBytes));
        Assert.True(options.IsOpen);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("1")]
    [InlineData("127.0.0.1:5561")]
    public void Read_BadAddress_IsErrorWithLine(string address)
    {
        Read($"[handler]\npush_in_http_port=5561\npush_in_http_addr={address}\n", out var problems);
        Assert.Equal("gripproxy.conf:3", Assert.Single(problems).Location);
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("192.0.2.1")]
    public void Read_OpenOffLoopback_IsErrorThatNamesTheKey(string address)
    {
        Read($"[handler]\npush_in_http_port=5561\npush_in_http_addr={address}\n", out var problems);
        var problem = Assert.Single(problems);
        Assert.Equal(ConfigSeverity.Error, problem.Severity);
        Assert.Contains("[control] allow_open", problem.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.2", "")]
    [InlineData("::1", "")]
    [InlineData("0.0.0.0", "[control]\nallow_open=true\n")]
    [InlineData("0.0.0.0", "[bearer:a]\ntoken=t\n")]
    public void Read_LoopbackAllowedOrKeys_IsInOrder(string address, string more)
    {
        Read($"[handler]\npush_in_http_port=5561\npush_in_http_addr={address}\n{more}", out var problems);
        Assert.Empty(problems);
    }

    [Fact]
    public void Read_Keys_AreTaken()
    {
        var options = Read(
            "[control]\naudience=me\nclock_skew=5\n[issuer:a:b]\nkey=k\nchannels=x,y*\n[bearer:c]\ntoken=t\n[basic:d]\npassword=p\n", out var problems);

        Assert.Empty(problems);
        Assert.False(options.IsOpen);
        Assert.Equal(("me", TimeSpan.FromSeconds(5)), (options.Keys.Audience, options.Keys.ClockSkew));
        Assert.Equal(("a:b", "k"), (options.Keys.Issuers[0].Name, options.Keys.Issuers[0].Key));
        Assert.Equal(["x", "y*"], options.Keys.Issuers[0].Channels);
        Assert.Null(options.Keys.Bearers[0].Channels);
    }

    [Theory]
    [InlineData("[issuer:a]\nchannels=x\n", "key")]
    [InlineData("[issuer:a]\nkey=\n", "key")]
    [InlineData("[issuer:a]\nkey=base64:!\n", "key")]
    [InlineData("[issuer:a]\nkey=file:/nowhere/at/all.pem\n", "key")]
    [InlineData("[bearer:a]\ntoken=\n", "token")]
    [InlineData("[basic:a]\npassword=\n", "password")]
    [InlineData("[bearer:a]\ntoken=t\nchannels=\n", "channels")]
    public void Read_UnusableKey_IsError(string text, string key)
    {
        Read(text, out var problems);
        Assert.Contains(problems, problem => problem.Severity == ConfigSeverity.Error && problem.Text.Contains(key, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("127.0.0.1:5571", "127.0.0.1:5571")]
    [InlineData("[::]:5571", "[::]:5571")]
    public void Read_HealthListen_IsTaken(string text, string expected)
    {
        var options = Read($"[control]\nhealth_listen={text}\n", out var problems);
        Assert.Empty(problems);
        Assert.Equal(expected, options.HealthListen?.ToString());
    }

    [Theory]
    [InlineData("5571")]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("127.0.0.1:")]
    public void Read_BadHealthListen_IsError(string text)
    {
        var options = Read($"[control]\nhealth_listen={text}\n", out var problems);
        Assert.Null(options.HealthListen);
        Assert.Single(problems);
    }

    private static ControlOptions Read(string text, out IReadOnlyList<ConfigProblem> problems)
    {
        var settings = Settings.Parse(text);
        var options = ControlOptions.Read(settings);
        problems = settings.Problems;
        return options;
    }
}
