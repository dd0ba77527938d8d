using System.Net;
using GripProxy.Protocol.Configuration;
using GripProxy.Proxy.Listeners;

namespace GripProxy.Proxy.Tests.Listeners;

public sealed class ClientListenerOptionsTests
{
    [Fact]
    public void Read_AllKindsOfListeners_KeepsThemInOrder()
    {
        var settings = Settings.Parse(
            "[runner]\nhttp_port=7999,[::1]:80\nhttps_ports=443,127.0.0.1:8443\nlocal_ports=/run/a.sock,/run/b.sock?mode=660\n",
            "/etc/pushpin/pushpin.conf");

        var options = ClientListenerOptions.Read(settings);

        Assert.Empty(settings.Problems);
        Assert.Equal([new ListenAddress(IPAddress.Any, 7999), new ListenAddress(IPAddress.IPv6Loopback, 80)], options.Listen);
        Assert.Equal([new ListenAddress(IPAddress.Any, 443), new ListenAddress(IPAddress.Loopback, 8443)], options.TlsListen);
        Assert.Equal(["/run/a.sock", "/run/b.sock"], options.LocalListen.Select(local => local.Path));
        Assert.Equal("/etc/pushpin/runner/certs", options.CertificateFolder);
        Assert.Equal((true, false), (options.Http2, options.Http2PriorKnowledge));
    }

    [Theory]
    [InlineData("https_ports=443")]
    [InlineData("local_ports=/run/a.sock")]
    public void Read_NoPlainPort_IsEnough(string line)
    {
        var settings = Settings.Parse($"[runner]\n{line}\n");

        ClientListenerOptions.Read(settings);

        Assert.Empty(settings.Problems);
    }

    [Theory]
    [InlineData("", "no server ports configured")]
    [InlineData("http_port=0", "invalid http port: 0")]
    [InlineData("https_ports=443,x", "invalid https port: x")]
    [InlineData("https_ports=1:443", "invalid https port: 1:443")]
    [InlineData("local_ports=/a?mode=9", "invalid mode: 9")]
    [InlineData("local_ports=?mode=600", "invalid local port: ?mode=600")]
    public void Read_UnusableListener_IsAnErrorOfPushpin(string line, string text)
    {
        var settings = Settings.Parse($"[runner]\n{line}\n");

        ClientListenerOptions.Read(settings);

        var problem = Assert.Single(settings.Problems);
        Assert.Equal(ConfigSeverity.Error, problem.Severity);
        Assert.StartsWith(text, problem.Text, StringComparison.Ordinal);
    }
}
