using GripProxy.Proxy.Logging;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Tests.Logging;

public sealed class ProcessLogTests
{
    [Theory]
    [InlineData("GripProxy.Forwarding.RequestForwarder", LogLevel.Debug, true)]
    [InlineData("GripProxy.Forwarding.RequestForwarder", LogLevel.Trace, false)]
    [InlineData("GripProxy.Holds.HoldKeeper", LogLevel.Information, false)]
    [InlineData("GripProxy.Control.ControlPipeline", LogLevel.Warning, true)]
    [InlineData("GripProxy.Proxy.ProxyHost", LogLevel.Information, true)]
    [InlineData("GripProxy.ProxyElse", LogLevel.Debug, false)]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Error, true)]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Information, false)]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel.BadRequests", LogLevel.Information, false)]
    [InlineData("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Critical, false)]
    [InlineData("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Debug, false)]
    [InlineData("Yarp.ReverseProxy.Forwarder.HttpForwarder", LogLevel.Error, true)]
    [InlineData("Yarp.ReverseProxy.Forwarder.HttpForwarder", LogLevel.Debug, false)]
    public async Task IsEnabled_ByComponent_FollowsTheList(string category, LogLevel level, bool expected)
    {
        await using var log = new ProcessLog(new LogSink(() => new MemoryStream(), TimeProvider.System));
        Assert.True(LogLevels.TryParse("2,proxy:3,handler:1", out var levels, out _));
        log.SetLevels(levels);

        Assert.Equal(expected, log.Factory.CreateLogger(category).IsEnabled(level));
    }
}
