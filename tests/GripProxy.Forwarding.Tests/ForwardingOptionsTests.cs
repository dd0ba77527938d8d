using GripProxy.Forwarding.Headers;
using GripProxy.Protocol.Configuration;

namespace GripProxy.Forwarding.Tests;

public sealed class ForwardingOptionsTests
{
    [Fact]
    public void Read_Nothing_GivesPushpinsBehaviour()
    {
        var options = ForwardingOptions.Read(Settings.Parse(""));

        Assert.Equal(("pushpin", null, null), (options.SignatureIssuer, options.SignatureKey, options.UpstreamKey));
        Assert.Equal(ForwardedProtocolHeaders.None, options.SetForwardedProtocol);
        Assert.True(options.ForwardedFor.IsPass);
        Assert.Equal((TimeSpan.FromSeconds(10), Timeout.InfiniteTimeSpan, TimeSpan.FromSeconds(1800)), (options.ConnectTimeout, options.ResponseTimeout, options.IdleTimeout));
        Assert.Equal(256, options.MaxResponseHeaders);
    }

    [Fact]
    public void Read_SessionService_IsWarnedAbout()
    {
        var settings = Settings.Parse("[handler]\nstate_spec=ipc:///tmp/state");

        ForwardingOptions.Read(settings);

        Assert.Contains("sessions (Grip-Session-Id) are not supported", Assert.Single(settings.Problems).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_EveryKey_Counts()
    {
        var settings = Settings.Parse("""
            [proxy]
            debug=true
            auto_cross_origin=true
            accept_x_forwarded_protocol=true
            set_x_forwarded_protocol=proto-only
            x_forwarded_for=truncate:0,append
            x_forwarded_for_trusted=truncate:2
            orig_headers_need_mark=X-A,X-B
            accept_pushpin_route=true
            cdn_loop=me
            log_from=true
            log_user_agent=true
            sig_iss=iss
            sig_key=secret
            upstream_key=base64:c2VjcmV0
            [handler]
            share_all=true
            [origin]
            connect_timeout=1
            response_timeout=2
            idle_timeout=3
            [limits]
            headers=7
            channel_name=8
            json_depth=9
            """);

        var options = ForwardingOptions.Read(settings);

        Assert.Empty(settings.Problems);
        Assert.True(options is { Debug: true, AutoCrossOrigin: true, ShareAll: true, AcceptForwardedProtocol: true, AcceptPushpinRoute: true, LogFrom: true, LogUserAgent: true });
        Assert.Equal(ForwardedProtocolHeaders.ProtoOnly, options.SetForwardedProtocol);
        Assert.Equal((new ForwardedForRule(0, true), new ForwardedForRule(2, false)), (options.ForwardedFor, options.ForwardedForTrusted));
        Assert.Contains("x-b", options.OriginalHeadersNeedMark);
        Assert.Equal(("me", "iss", "HS256", "HS256"), (options.CdnLoop, options.SignatureIssuer, options.SignatureKey?.Algorithm, options.UpstreamKey?.Algorithm));
        Assert.Equal((TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3)), (options.ConnectTimeout, options.ResponseTimeout, options.IdleTimeout));
        Assert.Equal((7, 8, 9), (options.MaxResponseHeaders, options.InstructLimits.MaxChannelNameBytes, options.InstructLimits.MaxJsonDepth));
    }

    [Theory]
    [InlineData("x_forwarded_for=prepend", ConfigSeverity.Error)]
    [InlineData("set_x_forwarded_protocol=perhaps", ConfigSeverity.Warning)]
    [InlineData("sig_key=file:does-not-exist", ConfigSeverity.Warning)]
    [InlineData("upstream_key=base64:!", ConfigSeverity.Warning)]
    public void Read_BadValue_IsReportedWithItsLine(string line, ConfigSeverity severity)
    {
        var settings = Settings.Parse($"[proxy]\n{line}\n");

        ForwardingOptions.Read(settings);

        var problem = Assert.Single(settings.Problems);
        Assert.Equal((severity, "gripproxy.conf:2"), (problem.Severity, problem.Location));
    }
}
